"""What others send: Word files and photographs, which become a draft, and what was understood.

`word_file` opens a file and tells what conversion would hide; `markdown_writer` writes HTML as our
Markdown; `understanding` sees a text in it (title, authors, headings); `reception` puts all that in
a draft.
"""
