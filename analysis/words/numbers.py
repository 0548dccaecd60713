"""Numbers as readers see them: figures, signs, intervals, counts."""

__all__ = ["counted", "figures_apart", "number", "signed", "with_interval"]

SMALLEST = 1e-4  # what is nearer to zero is called so
MOST_FIGURES = 7


def number(value: float, figures: int = 4) -> str:
    """A number with so many figures; a dash where there is no answer."""
    if value != value:
        return "–"
    if 0 < abs(value) < SMALLEST:
        return "≈ 0"
    return _minus(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{figures}g}")


def figures_apart(value: float, other: float, figures: int) -> int:
    """So many figures, or as many more as a number needs to look different from another that it is not."""
    while value != other and number(value, figures) == number(other, figures) and figures < MOST_FIGURES:
        figures += 1
    return figures


def signed(value: float) -> str:
    """A difference with its sign and three figures."""
    if value != value:
        return "–"
    return _minus(f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}" if value else "0")


def with_interval(value: str, low: str, high: str) -> str:
    """A value with its interval in brackets, where it has one of some width."""
    return value if low == "–" or low == high == value else f"{value} [{low}, {high}]"


def counted(count: int, word: str) -> str:
    """How many of something, in words that fit."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def _minus(text: str) -> str:
    return text.replace("-", "−") if "e" not in text else text
