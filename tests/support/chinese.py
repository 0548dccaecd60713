"""What of a report or a figure in Chinese is still in English."""

import re

from matplotlib.text import Text as Letters

from alliancelab.analysis.report import parts as report_parts
from alliancelab.analysis.words.glossary import translate_figure
from alliancelab.model.parameters import PARAMETERS
from alliancelab.scenarios.layers import library_names
from tests.support.pages import HOSTILE

# What stays in Latin letters in Chinese text: names of people, methods, files and options, signs of mathematics, names
# in code (levers and parameters, as they stand on the axes of figures), names of scenarios' files and a user's titles.
# Besides these, texts of the kinds Verbatim (names in code, commands, hashes) and Quote (descriptions of factors,
# figures of the documents and sources of facts) are never translated.
NAMES = (r"alliancelab|Holm|Student|Kaplan|Meier|Greenwood|Brier|CRPS|Python|[a-z_]+\.[a-z_]+|--projects|"
         r"--participation|--registry|"
         r"log|logit|\bp(?= (?:<|值|\d))|[tk](?= )|t 区间|(?<=\d)e(?=[-−]\d)|"
         rf"\$\\mathdefault.*?\$|\b(?:{'|'.join([*library_names(), *(one.name for one in PARAMETERS)])})\b|my world|"
         + re.escape(HOSTILE))
IDENTIFIER = re.compile(r"A\d{4}")  # of alliances of a registry


def english_in(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]+", re.sub(NAMES, "", text))


def english_drawn(figure) -> list[str]:
    """Texts of a figure in Chinese that hold English; titles of a user's own may be cut short."""
    figure.draw_without_rendering()  # which places ticks, as Matplotlib writes their numbers then
    drawn = letters_of(translate_figure(figure, "zh"))
    assert any(re.search("[一-鿿]", text) for text in drawn)
    return [text for text in drawn if english_in(text) and HOSTILE[:20] not in text and not IDENTIFIER.fullmatch(text)]


def letters_of(figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Letters) if text.get_text()]


def words_of(report) -> list[str]:
    """Every text of a report."""
    found = [report.title, report.line]
    for section in report.sections:
        found.append(section.title)
        for block in section.blocks:
            if isinstance(block, report_parts.Text):
                found.append(block.text)
            elif isinstance(block, report_parts.Items):
                found += block.items
            elif isinstance(block, report_parts.Facts):
                found += [word for pair in block.pairs for word in pair]
            elif isinstance(block, report_parts.Table):
                found += [block.caption, block.note, *block.head, *(cell for row in block.rows for cell in row)]
            elif isinstance(block, report_parts.Figure | report_parts.Code):
                found.append(block.caption)
    return found
