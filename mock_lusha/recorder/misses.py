"""The message of a miss: the recordings that are nearest to a request, and how they differ from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mock_lusha.recorder.matching import shown
from mock_lusha.recorder.pseudonyms import RULES

if TYPE_CHECKING:
    from mock_lusha.recorder.correlation import Correlation
    from mock_lusha.recorder.interaction import Interaction
    from mock_lusha.recorder.matching import Matching
    from mock_lusha.recorder.recordings import Recordings
    from mock_lusha.recorder.redaction import Redactor

_NEAREST: Final = 3


def miss_message(
    request: Interaction,
    recordings: Recordings,
    correlation: Correlation,
    matching: Matching,
    mask: Redactor,
) -> str:
    """What is said of a request that is not recorded; ``request`` is as it was looked up.

    ``mask`` cleans what the message shows.
    """
    clean_request = mask.cleaned(request)
    lines = [f"MISS: it has no {shown(clean_request)}"]
    ranking = sorted(
        enumerate(
            replace(recording, body=correlation.body(recording.operation, recording.body))
            for recording in recordings.interactions
        ),
        key=lambda item: (
            item[1].operation != request.operation,
            len(list(matching.differences(request, item[1]))),
        ),
    )
    for index, recording in ranking[:_NEAREST]:
        clean_recording = mask.cleaned(recording)
        difference = next(iter(matching.differences(clean_request, clean_recording)), "nothing")
        lines.append(f"  near: interactions[{index}] {shown(clean_recording)}: {difference}")
    if not ranking:
        lines.append("  nothing is recorded in it")
    redaction = recordings.redaction
    if redaction and redaction.get("version", 1) != RULES:
        lines.append("  older rules redacted it, by which not all is found again: see mode rewrite")
    return "\n".join(lines)
