"""What a proof says of a lesson and its exercises, and the JSON form of that."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MUTANTS_TO_KILL = 0.95
KILLED, SURVIVED, EQUIVALENT = "killed", "survived", "equivalent"


@dataclass(frozen=True)
class MutantFate:
    """What became of one mutant: killed, survived, or equivalent (listed by hand, with the reason)."""

    id: str
    operator: str
    fate: str
    by: str


@dataclass(frozen=True)
class ExerciseProof:
    """All that is known of one exercise. problems: sentences; empty when the proof holds."""

    name: str
    cases: int
    held_out: int
    mistakes: tuple[str, ...]
    named_on_visible_cases: int
    variants: int
    mutants: tuple[MutantFate, ...]
    problems: tuple[str, ...]

    @property
    def killed(self) -> int:
        return sum(mutant.fate == KILLED for mutant in self.mutants)

    @property
    def mortal(self) -> int:
        """Mutants that aren't equivalent."""
        return sum(mutant.fate != EQUIVALENT for mutant in self.mutants)

    @classmethod
    def from_json(cls, node: dict[str, Any]) -> ExerciseProof:
        """The inverse of `dataclasses.asdict`."""
        mutants = tuple(MutantFate(**mutant) for mutant in node["mutants"])
        lists = {name: tuple(node[name]) for name in ("mistakes", "problems")}
        return cls(**{**node, **lists, "mutants": mutants})


@dataclass(frozen=True)
class LessonProof:
    """The proof of a lesson. whole: whether it is of all its exercises."""

    lesson: str
    exercises: tuple[ExerciseProof, ...]
    whole: bool = True

    @property
    def killed(self) -> float:
        """Share of the mutants that died, equivalent ones left out."""
        mortal = sum(proof.mortal for proof in self.exercises)
        return sum(proof.killed for proof in self.exercises) / mortal if mortal else 1.0

    @property
    def problems(self) -> list[str]:
        found = [f"{proof.name}: {problem}" for proof in self.exercises for problem in proof.problems]
        if self.whole and self.killed < MUTANTS_TO_KILL:
            found.append(f"only {self.killed:.1%} of the mutants died; at least {MUTANTS_TO_KILL:.0%} must.")
        return found

    @property
    def holds(self) -> bool:
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """The kill table as JSON."""
        return {
            "lesson": self.lesson,
            "holds": self.holds,
            "mutants_killed": round(self.killed, 4),
            "problems": self.problems,
            "exercises": [
                asdict(proof) | {"mutants_killed": proof.killed, "mutants_mortal": proof.mortal}
                for proof in self.exercises
            ],
        }
