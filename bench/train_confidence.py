"""Turns reports with gold into extract/data/confidence.json: which mentions are incidents, which are coded right.

    python -m bench.train_confidence [--write] SET [SET ...]

A SET is a folder with reports.jsonl and gold.jsonl. The figures printed are cross-validated, whole days of publication
held out together, so that papers on one event never stand on both sides. Seeded; needs scikit-learn (group `bench`).

The rules were written on the sets, so that they are right there more often than elsewhere. data/first_sight.jsonl tells
how they fared on 122 reports that nobody had read before: the numbers of each mention and whether it was right, without
a word of the reports, which are not ours to copy. They weigh WEIGHT times in `confidence`, which is what is told, and
nothing in `incident` and `right`, by which mentions are dropped: to drop one is to lose an attack.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bench.scoring import load_scorer
from extract import coder
from extract.fields import confidence, mentions
from extract.reports import CODED_FIELDS, parse_report
from store.records import Mention

SEED = 20261121
FIRST_SIGHT = Path(__file__).with_name("data") / "first_sight.jsonl"
WEIGHT = 3.0  # of what was seen for the first time: one report for some three that the rules were written on
OUTPUT = Path(__file__).parents[1] / "extract" / "data" / "confidence.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One mention as the rules alone code it, with what gold says of it; `group` is what is held out together."""

    group: str
    features: dict[str, float]
    found: bool  # it matches an incident of the gold
    right: bool  # and its date, governorate and method agree
    weight: float = 1.0


def read_examples(folder: Path) -> list[Example]:
    """Code a set with the models off and compare each mention with gold."""
    scorer = load_scorer()
    rows = map(json.loads, (folder / "gold.jsonl").read_text("utf-8").splitlines())
    gold = {row["id"]: row["incidents"] for row in rows}
    examples = []
    for line in (folder / "reports.jsonl").read_text("utf-8").splitlines():
        fields = json.loads(line)
        coded = code_with_features(fields)
        guesses = [as_dict(mention) for mention, _ in coded]
        pairs = {j: i for i, j in scorer.match(gold[fields["id"]], guesses)}
        for index, (_, features) in enumerate(coded):
            truth = gold[fields["id"]][pairs[index]] if index in pairs else None
            right = truth is not None and all(
                scorer.field_agrees(name, truth, guesses[index]) for name in ("date", "admin1", "method")
            )
            group = f"{folder.name}/{str(fields.get('published'))[:10]}"
            examples.append(Example(group=group, features=features, found=truth is not None, right=right))
    return examples


def read_first_sight() -> list[Example]:
    """What the rules made of reports that they were not written on."""
    rows = map(json.loads, FIRST_SIGHT.read_text("utf-8").splitlines())
    return [Example(**row, weight=WEIGHT) for row in rows]


def as_dict(mention: Mention) -> dict[str, Any]:
    """A mention as the scorer reads it."""
    row = {name: getattr(mention, name) for name in CODED_FIELDS}
    return row | {"date": mention.date.isoformat() if mention.date else None}


def code_with_features(fields: dict[str, Any]) -> list[tuple[Mention, dict[str, float]]]:
    """Code one report and pair each mention with the numbers that it was weighed by."""
    seen: dict[tuple[str, int, int], dict[str, float]] = {}
    describe = confidence.describe_mention

    def record(mention: Mention, frame: Any, reading: Any) -> dict[str, float]:
        features = describe(mention, frame, reading)
        first = mention.evidence[0]
        seen[first.source, first.start, first.end] = features
        return features

    vars(mentions)["describe_mention"] = record
    try:
        coding = coder.code_report(parse_report(fields))
    finally:
        vars(mentions)["describe_mention"] = describe
    return [(m, seen[m.evidence[0].source, m.evidence[0].start, m.evidence[0].end]) for m in coding.mentions]


def fit(examples: list[Example], labels: list[bool], names: list[str], strength: float) -> dict[str, float]:
    """A logistic model with ridge penalty; `strength` is its inverse (scikit-learn's C)."""
    matrix = np.array([[example.features.get(name, 0.0) for name in names] for example in examples])
    model = LogisticRegression(C=strength, max_iter=4000, random_state=SEED)
    model.fit(matrix, labels, sample_weight=[example.weight for example in examples])
    weights = {name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True)}
    return {"bias": round(float(model.intercept_[0]), 4)} | {name: w for name, w in weights.items() if abs(w) > 0.01}


def predict(model: dict[str, float], row: dict[str, float]) -> float:
    total = model["bias"] + sum(model.get(name, 0.0) * value for name, value in row.items())
    return float(1 / (1 + np.exp(-total)))


def cross_validate(examples: list[Example], names: list[str], strength: float) -> tuple[list[float], list[float]]:
    """Held-out probabilities of both models, in the order of `examples`."""
    incident, right = [0.0] * len(examples), [0.0] * len(examples)
    groups = [example.group for example in examples]
    for train, test in GroupKFold(n_splits=10).split(examples, groups=groups):
        part = [examples[i] for i in train]
        told = [example for example in part if example.weight == 1.0]
        first = fit(told, [example.found for example in told], names, strength)
        second = fit(part, [example.right for example in part], names, strength)
        for i in test:
            incident[i] = predict(first, examples[i].features)
            right[i] = predict(second, examples[i].features)
    return incident, right


def report(examples: list[Example], incident: list[float], right: list[float]) -> None:
    """Print what thresholds would keep, and a table of ten bins of confidence."""
    total = sum(example.found for example in examples)
    for threshold in (0.0, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6):
        kept = [e for e, p in zip(examples, incident, strict=True) if p >= threshold]
        hits = sum(e.found for e in kept)
        right_share, found_share = hits / len(kept), hits / total
        print(f"threshold {threshold:.2f}: kept {len(kept)}, right {right_share:.3f}, of all found {found_share:.3f}")
    print("confidence  n  share right")
    for low in range(10):
        part = [e.right for e, p in zip(examples, right, strict=True) if min(int(p * 10), 9) == low]
        print(f"{low / 10:.1f}-{(low + 1) / 10:.1f}  {len(part):4d}  {sum(part) / len(part) if part else 0:.3f}")
    sure = [e.right for e, p in zip(examples, right, strict=True) if p >= 0.9]
    print(f"at 0.9 and above: {len(sure) / len(examples):.3f} of all, right {sum(sure) / max(len(sure), 1):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--strength", type=float, default=0.3)
    parser.add_argument("--threshold", type=float, default=0.4)
    parser.add_argument("--least", type=float, default=0.2, help="least chance that day, place and means are right")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    confidence.load_models()["decision"] = {"threshold": 0.0, "least": 0.0}
    told = [example for folder in options.sets for example in read_examples(folder)]
    examples = told + read_first_sight()
    names = sorted({name for example in examples for name in example.features})
    incident, right = cross_validate(examples, names, options.strength)
    print("Of the sets:")
    report(told, incident[: len(told)], right[: len(told)])
    print("At first sight:")
    report(examples[len(told) :], incident[len(told) :], right[len(told) :])
    if options.write:
        write(examples, names, options)


def write(examples: list[Example], names: list[str], options: argparse.Namespace) -> None:
    """Fit on everything and write the weights with the hash of the sets."""
    told = [example for example in examples if example.weight == 1.0]
    digest = hashlib.sha256()
    for folder in options.sets:
        digest.update((folder / "gold.jsonl").read_bytes() + (folder / "reports.jsonl").read_bytes())
    digest.update(FIRST_SIGHT.read_bytes())
    models = {
        "incident": fit(told, [example.found for example in told], names, options.strength),
        "right": fit(told, [example.right for example in told], names, options.strength),
        "confidence": fit(examples, [example.right for example in examples], names, options.strength),
        "decision": {"threshold": options.threshold, "least": options.least},
    }
    facts = {
        "fitted_by": "bench/train_confidence.py", "licence": "Apache-2.0", "seed": SEED, "examples": len(examples),
        "sets": [*(folder.name for folder in options.sets), FIRST_SIGHT.name], "sha256": digest.hexdigest(),
        "models": models,
    }  # fmt: skip
    OUTPUT.write_text(json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
