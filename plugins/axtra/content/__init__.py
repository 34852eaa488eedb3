"""From the files that editors write to a `Library`.

`schema` declares what may be typed, `frontmatter` and `blocks` read one file, `model` says what it
becomes, and `loading` makes the library. The modules beside them resolve links and bodies, choose
what letters carry, list the pages, and write drafts and the tables of the guide.
"""
