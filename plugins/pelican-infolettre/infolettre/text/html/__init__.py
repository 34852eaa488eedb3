"""The readers of HTML, and what each is for.

`tokens` lists the tags, texts and comments as they are written, mistakes included: it serves to
judge how HTML is written, and to build the other two. `fragments` makes a tree of our own
sanitised prose, to rewrite and print it. `elements` is that tree, which `checks` also builds
from any mail, with lxml, which repairs mistakes as mail software does. `conditional_comments` says
what Outlook for Windows sees of a mail, and what other software sees.

Other libraries do what these do not: nh3 sanitises what authors type before it comes here,
expat checks that templates print well-formed XML (`infolettre.letter.mjml_elements`), lxml.html
edits the parts of books. `typography` turns HTML into masked text, so that a correction
sees through tags. Regular expressions are only for changes in place, to HTML that the program
wrote and whose other bytes must stay: the styles of simulations, heading levels, link addresses.
"""
