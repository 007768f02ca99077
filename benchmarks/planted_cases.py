"""Rank verdicts on planted data against the truth by an exact route, as a table.

    python benchmarks/planted_cases.py 10000 | tee benchmarks/results/planted_cases.txt

A verdict is right, undecided, or wrong: it says yes or no and the truth is the other,
or it names a rank that is not the true one.
"""

import collections
import sys
import time

from planted_kinds import case

from widthwise.spectra import rank_verdict


def outcome(one):
    """Return "right", "undecided" or "wrong", with what was said and what is true."""
    points, ranks = one.points(), one.ranks()
    found = rank_verdict(points, one.act, one.law)
    low, high = found.rank_interval
    said = f"{found.can_fit_any_labels} {low}..{high}, true {sorted(ranks)}"
    if not any(low <= rank <= high for rank in ranks):
        return "wrong", said
    if found.can_fit_any_labels is None:
        return "undecided", said
    return "right", said


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    table = collections.defaultdict(collections.Counter)
    began = time.perf_counter()
    for index in range(count):
        one = case(index, seed)
        what, said = outcome(one)
        table[one.kind][what] += 1
        if what == "wrong":
            name = getattr(one.act, "name", "")
            print(f"wrong: case {index}, {one.kind}, {name}, {one.law}: {said}")
    seconds = time.perf_counter() - began
    print(f"{count} cases, seed {seed}, {seconds / 60:.1f} minutes")
    print(f"{'kind':<18}{'right':>8}{'undecided':>11}{'wrong':>8}")
    total = collections.Counter()
    for found in table.values():
        total.update(found)
    for kind, found in [*sorted(table.items()), ("all", total)]:
        row = f"{found['right']:>8}{found['undecided']:>11}{found['wrong']:>8}"
        print(f"{kind:<18}{row}")


if __name__ == "__main__":
    main()
