"""The frame of HTML pages that need no other file: mistakes and explanations of texts, one article each."""

from seqnlp.serving.marking import escape_html

_START = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
article {{ border-top: 1px solid #8888; padding: .5rem 0 }}
h1, h2 {{ font-size: 1rem; margin: 0 }}
small {{ font-weight: normal; opacity: .75 }}
p, dl, dd {{ margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }}
mark {{ color: inherit; border-radius: .2em }}
{style}</style>
</head>
<body>
<h1>{title}</h1>
<p>{note}</p>"""

PAGE_END = "</body>\n</html>"
"""The end of a page."""


def page_start(title: str, style: str, note: str) -> str:
    """Return the start of a page.

    Args:
        title: The title, as text.
        style: CSS rules that only this kind of page has.
        note: A paragraph that explains the page, as HTML.
    """
    return _START.format(title=escape_html(title), style=style, note=note)
