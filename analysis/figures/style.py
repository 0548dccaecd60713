"""How every picture looks: palette, figure, axes and the way a picture shows itself in a notebook."""

from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

__all__ = [
    "BLUE", "GREEN", "GREY", "INK", "ORANGE", "PURPLE", "Picture", "SKY", "STAGE_COLOURS",
    "VERMILLION", "YELLOW", "key", "key_below", "label", "new_picture", "scenario_colours", "shade", "short", "signed",
    "whole_years",
]

# Okabe and Ito's palette: eight colours that stay apart for colour-blind readers.
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW, BLACK = "#56B4E9", "#CC79A7", "#F0E442", "#000000"
INK, GREY = "#333333", "#999999"

STAGE_COLOURS = {"formation": SKY, "growth": GREEN, "maturity": BLUE, "decline": VERMILLION, "regrowth": ORANGE}
LONGEST_TITLE = 48  # characters
_MARK_WIDTH, _LETTER_WIDTH = 0.55, 0.075  # inches in a legend: a mark with its gaps, and a letter in the mean
_SCENARIO_COLOURS = (INK, BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, "#7A7A00")
_MARKERS = ("o", "s", "D", "^", "v", "P", "X", "<")


class Picture(Figure):
    """A figure that needs no window and no global state, and shows itself in a notebook."""

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        self.savefig(buffer, format="png", dpi=110)
        return buffer.getvalue()


def new_picture(width: float = 7.2, height: float = 4.3, h_pad: float = 0.08) -> Picture:
    """Empty figure of this size in inches, laid out without overlaps and with this room around rows of axes."""
    return Picture(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.08, h_pad=h_pad), facecolor="white")


def label(axes: Axes, title: str = "", x: str = "", y: str = "") -> None:
    """Title and axis labels with units, on a frame without top and right lines."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.tick_params(colors=INK, color=GREY, labelsize=9)
    axes.set_xlabel(x, fontsize=10, color=INK)
    axes.set_ylabel(y, fontsize=10, color=INK)
    axes.set_title(title, fontsize=11, color=INK, loc="left")


def whole_years(axes: Axes) -> None:
    """Ticks of the horizontal axis at whole years only."""
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


def short(title: str) -> str:
    """A scenario's title as far as a picture has room for it."""
    flat = " ".join(title.split())
    return flat if len(flat) <= LONGEST_TITLE else f"{flat[: LONGEST_TITLE - 1]}…"


def signed(value: float) -> str:
    """A difference with its sign and three figures."""
    if value == 0:
        return "0"
    if value != value:
        return "–"  # as tables print what has no answer
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}"


def key(axes: Axes, **options) -> None:
    """Legend without a frame."""
    axes.legend(frameon=False, fontsize=9, labelcolor=INK, **options)


def key_below(picture: Picture, axes: Axes) -> None:
    """Legend of the axes' entries under the whole picture, in as many columns as its width has room for."""
    handles, titles = axes.get_legend_handles_labels()
    room = picture.get_figwidth() / (_MARK_WIDTH + _LETTER_WIDTH * max(map(len, titles), default=1))
    picture.legend(handles, titles, loc="outside lower center", ncols=max(1, min(int(room), len(titles), 4)),
                   frameon=False, fontsize=9, labelcolor=INK)


def scenario_colours(count: int) -> list[tuple[str, str]]:
    """Colour and marker of each of `count` scenarios; the first, the baseline, is dark grey."""
    return [(_SCENARIO_COLOURS[i % 8], _MARKERS[(i + i // 8) % 8]) for i in range(count)]


def shade(colour: str, share: float) -> tuple[float, float, float]:
    """Mix a colour with white: 1 leaves it as it is, 0 is white."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return red, green, blue

