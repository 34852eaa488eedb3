"""What others send: Word files, photographs, the sites of other systems, which become our texts.

`word_file` opens a file, `word_markup` makes its XML simple; `html_blocks` reads HTML as blocks,
which `markdown_writer` writes; `understanding` sees a text in them (title, authors, headings);
`reception` puts all that in a draft. `wordpress` and `pelican` read another system, of which
`other_site` makes files. `safe_xml` reads what strangers send.
"""
