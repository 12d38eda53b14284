"""Container images as configuration names them: in one text, or in a map of registry, repository, tag and digest."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pilab_desktop.domain.redaction import looks_secret, words_of
from pilab_desktop.drift.configuration.comparison import ABSENT, Difference, MaybeValue, Steps, value_at
from pilab_desktop.drift.configuration.documents import Value

IMAGE_FIELDS = frozenset({"registry", "repository", "tag", "digest"})

_TEXT = re.compile(
    r"(?P<repository>(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)"
    r"(?::(?P<tag>[\w][\w.+-]{0,127}))?(?:@(?P<digest>[a-z0-9]+:[0-9a-fA-F]{6,}))?"
)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|avif)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ImageReference:
    """One image. `repository` holds the registry and is "" where only a tag is configured; tag and digest may be ""."""

    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        text = self.repository
        text += f":{self.tag}" if self.tag else ""
        return text + (f"@{self.digest}" if self.digest else "")

    @property
    def floating(self) -> bool:
        """Whether what it names changes by itself: `latest`, or no tag at all, and no digest."""
        return not self.digest and (self.tag == "latest" or (not self.tag and bool(self.repository)))


@dataclass(frozen=True, slots=True)
class ImageChange:
    """An image that differs; an end without it has None."""

    steps: Steps
    old: ImageReference | None
    new: ImageReference | None


def parsed(text: str) -> ImageReference | None:
    """The image that a text names, or None where it cannot be one."""
    found = _TEXT.fullmatch(text.strip())
    if found is None or _PICTURE.search(text) or looks_secret(text):
        return None
    return ImageReference(found["repository"], found["tag"] or "", found["digest"] or "")


def image_at(value: MaybeValue, steps: Steps) -> ImageReference | None:
    """The image that stands at a path, in either form; None where none does."""
    found = value_at(value, steps)
    name = steps[-1] if steps and isinstance(steps[-1], str) else ""
    if isinstance(found, dict):
        return _of_map(found, name)
    if not isinstance(found, str | int | float) or isinstance(found, bool):
        return None
    words = words_of(name)
    if words[-1:] == ("image",) and isinstance(found, str):
        return parsed(found)
    if words[-2:] == ("image", "tag") and found != "":
        return ImageReference("", str(found))
    return None


def split_images(
    found: Iterable[Difference], old: MaybeValue, new: MaybeValue
) -> tuple[list[ImageChange], list[Difference]]:
    """The images among the differences of two values, and the differences that are none. Each is in one list only."""
    changes: dict[Steps, ImageChange] = {}
    others: list[Difference] = []
    for difference in found:
        at = _image_steps(difference, old, new)
        if at is None:
            others.append(difference)
            continue
        before, after = image_at(old, at), image_at(new, at)
        if before != after:
            changes.setdefault(at, ImageChange(at, before, after))
    return list(changes.values()), others


def with_default_tag(value: MaybeValue, tag: str) -> MaybeValue:
    """The value with `tag` in every map that names an image's repository and leaves its tag and digest empty."""
    return value if value is ABSENT or not tag else _tagged(value, tag, "")


def _tagged(value: Value, tag: str, name: str) -> Value:
    if isinstance(value, list):
        return [_tagged(child, tag, "") for child in value]
    if not isinstance(value, dict):
        return value
    result = {key: _tagged(child, tag, key) for key, child in value.items()}
    image = _of_map(value, name)
    if image is not None and image.repository and not image.tag and not image.digest:
        result["tag"] = tag
    return result


def _image_steps(difference: Difference, old: MaybeValue, new: MaybeValue) -> Steps | None:
    """Where the image stands that a leaf is, or is a part of."""
    steps = difference.steps
    candidates = [steps[:-1], steps] if steps and steps[-1] in IMAGE_FIELDS else [steps]
    for at in candidates:
        sides = [value_at(value, at) for value in (old, new)]
        images = [image_at(value, at) for value in (old, new)]
        if any(images) and all(image or _may_lack(side) for image, side in zip(images, sides, strict=True)):
            return at
    return None


def _may_lack(side: MaybeValue) -> bool:
    return side is ABSENT or side is None or side in ("", {})


def _of_map(value: dict[str, Value], name: str) -> ImageReference | None:
    is_image = words_of(name)[-1:] == ("image",)
    repository, tag, digest = (value.get(field) for field in ("repository", "tag", "digest"))
    if repository is None and is_image:
        repository = value.get("name")
    if not is_image and not (isinstance(repository, str) and ("tag" in value or "digest" in value)):
        return None
    if not any(isinstance(part, str | int | float) for part in (repository, tag, digest)):
        return None
    where = repository if isinstance(repository, str) else ""
    if "://" in where or looks_secret(where):
        return None
    registry = value.get("registry")
    if isinstance(registry, str) and registry and where:
        where = f"{registry.rstrip('/')}/{where}"
    return ImageReference(where, _text(tag), _text(digest))


def _text(value: Value) -> str:
    return "" if value is None or isinstance(value, bool | dict | list) else str(value)
