"""Letters for a Pelican site, as rooms: each folder is one subject, and imports go down.

core, text, design and message know nothing of letters as content; checks says what a mail must be;
letter renders one, simulator and exports show it and hand it over; pelican_site is the only room
that knows Pelican.
"""
