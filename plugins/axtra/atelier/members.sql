-- One name for one thing: the register's people are subscribers.
ALTER TABLE people RENAME TO members;
