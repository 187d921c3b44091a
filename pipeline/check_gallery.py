"""For operators: `python -m pipeline.check_gallery SCHOOL` checks the face references of a deployed school.

It takes TABLE_NAME, PORTRAITS_BUCKET and FACE_INDEX from the environment, as the functions do, and whatever
boto3 needs to reach the account. With FACE_INDEX=rekognition each reference costs one search.
"""

import argparse
import sys
from collections.abc import Sequence

from attendance.usecases.check_gallery import check_gallery, lines_of, mend_gallery
from attendance.usecases.forget_references import forget_references
from pipeline import bootstrap


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0 where all is well, 1 where somebody should look."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.check_gallery", description=__doc__)
    parser.add_argument("school", help="the school's id")
    parser.add_argument(
        "--mend",
        action="store_true",
        help="forget references without consent or portrait, and make the confusable pairs agree",
    )
    parser.add_argument(
        "--forget", nargs="+", default=[], metavar="REFERENCE", help="first forget these wrong references"
    )
    asked = parser.parse_args(arguments)
    index, schools, students = (
        bootstrap.face_index_of_portraits(),
        bootstrap.schools(),
        bootstrap.students(),
    )
    forget_references(asked.school, asked.forget, index=index, schools=schools, students=students)
    report = check_gallery(asked.school, bootstrap.clock(), index=index, schools=schools, students=students)
    print(*lines_of(report), sep="\n")
    if asked.mend:
        mend_gallery(asked.school, report, index=index, schools=schools, students=students)
    return 0 if report.is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
