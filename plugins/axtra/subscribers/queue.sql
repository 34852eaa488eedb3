-- The mail that asks for a confirmation; 'fini': no more is to be sent. Before, it left at once.
ALTER TABLE pending ADD COLUMN mail TEXT NOT NULL DEFAULT 'fini'
    CHECK (mail IN ('a_envoyer', 'en_vol', 'fini'));
ALTER TABLE pending ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pending ADD COLUMN not_before TEXT NOT NULL DEFAULT '';
CREATE INDEX pending_mails ON pending (mail, not_before);
