"""HTML read in one place: which reader is for what.

`tokens` lists tags, texts and comments as they are written, mistakes included: use it to judge
how HTML is written. `fragments` makes a tree of our own sanitised prose, to rewrite and print it.
`elements` holds the tree itself, which `axtra.checks.mail_elements` also builds, with lxml, from
any mail: lxml mends the mistakes as mail software does. `conditional_comments` says what Outlook
for Windows sees of a mail.

Three needs have readers of their own. `axtra.text.typography` lays HTML out as one string, so that
a correction sees through tags. `axtra.books` edits whole parts with lxml.html. Regular expressions
only change a few characters of HTML that the program wrote itself, where every other byte must
stay: the simulator's styles, the levels of headings, the addresses of links.
"""
