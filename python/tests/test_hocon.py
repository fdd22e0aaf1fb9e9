import json
import random
import re
from pathlib import Path

import pytest

from evonorm import EvonormError
from evonorm.hocon import parse

RUN_CONF = """\
# CRC-32C of the lines below, in hexadecimal: 1a2b3c4d
data {
    path="/data/a \\"b\\" # c, {d}"
    training-images=14000
}
rejection {
    quality {
        enabled=off
        loss-limit {
            resnet50=0
        }
    }
    stability {
        limit=100000000
        networks=[
            mobilenetv2
        ]
    }
}
search {
    baselines=[
        BN-ReLU,
        "max(v1 * x, 0)"
    ]
    groups="size(8)"
    max-duration="12m"
    seed-layers=[]
    tournament-share=0.1
}
started-with {
    evonorm="0.2.0"
}
training {
    decay=cosine
    weight-decay=1.0E-4
}
"""


def test_reads_what_a_run_conf_holds():
    assert parse(RUN_CONF) == {
        "data": {"path": '/data/a "b" # c, {d}', "training-images": 14000},
        "rejection": {
            "quality": {"enabled": False, "loss-limit": {"resnet50": 0}},
            "stability": {"limit": 100000000, "networks": ["mobilenetv2"]},
        },
        "search": {
            "baselines": ["BN-ReLU", "max(v1 * x, 0)"],
            "groups": "size(8)",
            "max-duration": "12m",
            "seed-layers": [],
            "tournament-share": 0.1,
        },
        "started-with": {"evonorm": "0.2.0"},
        "training": {"decay": "cosine", "weight-decay": 1e-4},
    }


def test_reads_what_the_command_settings_prints():
    text = '# Section search\n\nsearch.run = "runs/x"  # quickstart.conf: 6\n\nsearch.vectors.v0.start = 0  # default\n'
    assert parse(text) == {"search": {"run": "runs/x", "vectors": {"v0": {"start": 0}}}}


def test_merges_sections_and_lets_later_values_win():
    assert parse('a { b = 1, c = 2 }\na.b = 3\na { "d.e" : yes } // end') == {"a": {"b": 3, "c": 2, "d.e": True}}
    assert parse("a = 1\na { b = 2 }") == {"a": {"b": 2}}


@pytest.mark.parametrize(
    "text",
    [
        "a = ${b}",
        "include classpath(x)",
        "a { b = 1",
        "a = [1, 2",
        "a = 1 }",
        'a = "b',
        "a",
        "a += 1",
        'a = "\\q"',
        "= 1",
    ],
)
def test_refuses_with_the_line(text):
    with pytest.raises(EvonormError, match="line 3 of the settings"):
        parse("# first\nb = 2\n" + text)


def test_reads_any_json():
    draw = random.Random(1)

    def value(depth):
        kind = draw.randrange(7 if depth else 5)
        if kind == 0:
            return draw.choice([True, False, None])
        if kind == 1:
            return draw.randrange(-(10**12), 10**12)
        if kind == 2:
            return draw.uniform(-1, 1) * 10 ** draw.randrange(-20, 20)
        if kind < 5:
            return "".join(draw.choice('ab\\"{}[]#,=:$/+ é\n\t\u2028') for _ in range(draw.randrange(8)))
        if kind == 5:
            return [value(depth - 1) for _ in range(draw.randrange(4))]
        return {f"k{i}.{draw.random()}": value(depth - 1) for i in range(draw.randrange(4))}

    for _ in range(300):
        settings = {f"key {i}": value(4) for i in range(3)}
        text = json.dumps(settings, indent=draw.choice([None, 2]))
        assert parse(text[1:-1]) == settings


def test_no_setting_has_an_underscore():
    """In keyword arguments _ stands for -."""
    reference = Path(__file__).parents[2] / "src/main/resources/reference.conf"
    if not reference.exists():
        pytest.skip("the package stands alone")
    keys = re.findall(r"^\s*([a-z0-9_.-]+)\s*[={]", reference.read_text(), re.MULTILINE)
    assert len(keys) > 50
    assert [key for key in keys if "_" in key] == []
