"""Scenario files that a test writes."""


def written(folder, text: str | bytes, name: str = "mine.toml"):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def policy(**blocks) -> dict:
    return {"policy": blocks}
