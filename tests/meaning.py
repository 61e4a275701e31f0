"""What a formula of a document means, in exact integers: an evaluator of its syntax tree.

The letters stand for what a World of tests/worlds.py says; of symconv it knows the nodes of the
tree, nothing else.
"""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

import numpy as np

from symconv.formula import tree
from tests import oracle
from tests.worlds import Batch, UntrueError

ARRAYS = ("x", "w", "y", "X", "R", "S")

_COMPARE: dict[str, Callable] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def value(node, world, letters):
    """Return what an expression is: an integer, a fraction, or a matrix of them."""
    return meaning(node, world)(dict(letters))


def meaning(node, world):
    """Return the function from the values of the letters to the value of an expression.

    A sum sets its letter while it runs; letters of the outside are as before afterwards.
    """
    parts = [meaning(part, world) for part in _parts(node)]
    match node:
        case tree.Integer():
            return lambda letters: node.value
        case tree.Letter():
            return _letter(node.name, world)
        case tree.Entry():
            return _entry(node, world)
        case tree.Total():
            return lambda letters: _exact(_sum([part(letters) for part in parts]))
        case tree.Negated():
            return lambda letters: -parts[0](letters)
        case tree.Product():
            return lambda letters: _product([part(letters) for part in parts])
        case tree.Quotient():
            return lambda letters: _exact(Fraction(*(part(letters) for part in parts)))
        case tree.Floor():
            return lambda letters: floor(parts[0](letters))
        case tree.Ceiling():
            return lambda letters: ceil(parts[0](letters))
        case tree.Remainder():
            return lambda letters: parts[0](letters) % parts[1](letters)
        case tree.Largest():
            return lambda letters: max(part(letters) for part in parts)
        case tree.Smallest():
            return lambda letters: min(part(letters) for part in parts)
        case tree.Partial():
            return _partial(node, world)
        case tree.SumOver():
            return _sum_over(node.letter, *parts)
        case tree.Cases():
            return _cases(node, world)
        case tree.Matrix():
            rows = [[meaning(entry, world) for entry in row] for row in node.rows]
            return lambda letters: _matrix([[entry(letters) for entry in row] for row in rows])
        case tree.Call(function="vec", arguments=(array,)):
            column = world.column(_array(array))
            return lambda letters: column
    raise UntrueError(f"{node} has no meaning in a document")


def holds(condition, world, letters):
    """Return whether a condition is true."""
    return truth(condition, world)(dict(letters))


def truth(condition, world):
    """Return the function from the values of the letters to the truth of a condition."""
    match condition:
        case tree.Compare():
            compare = _COMPARE[condition.operator]
            left, right = meaning(condition.left, world), meaning(condition.right, world)
            return lambda letters: compare(left(letters), right(letters))
        case tree.Divides():
            divisor, whole = meaning(condition.divisor, world), meaning(condition.value, world)
            return lambda letters: whole(letters) % divisor(letters) == 0
        case tree.AllOf() | tree.AnyOf():
            parts = [truth(part, world) for part in condition.conditions]
            of_parts = all if isinstance(condition, tree.AllOf) else any
            return lambda letters: of_parts(part(letters) for part in parts)
        case tree.Not():
            part = truth(condition.condition, world)
            return lambda letters: not part(letters)
    raise UntrueError(f"{condition} has no meaning in a document")


def free_names(node):
    """Return the letters that no sum binds."""
    if isinstance(node, tuple):
        return frozenset().union(*map(free_names, node))
    if isinstance(node, tree.Letter):
        return frozenset((node.name,))
    if isinstance(node, tree.SumOver):
        bounds = free_names((node.lower, node.upper))
        return bounds | free_names(node.body) - {node.letter}
    if isinstance(node, tree.Node):
        return free_names(tuple(getattr(node, name) for name in node.__dataclass_fields__))
    return frozenset()


def same(left, right):
    """Return whether two values are one number, or matrices of one shape with one content."""
    if isinstance(left, np.ndarray) != isinstance(right, np.ndarray):
        return False
    return np.shape(left) == np.shape(right) and bool(np.all(left == right))


def _parts(node):
    """Return the expressions of which a value is computed in one way, whatever they are."""
    match node:
        case tree.Total():
            return node.terms
        case tree.Product():
            return node.factors
        case tree.Negated() | tree.Floor() | tree.Ceiling():
            return (node.operand,)
        case tree.Quotient():
            return node.numerator, node.denominator
        case tree.Remainder():
            return node.value, node.modulus
        case tree.Largest() | tree.Smallest():
            return node.operands
        case tree.SumOver():
            return node.lower, node.upper, node.body
    return ()


def _letter(name, world):
    if name in ARRAYS and name in world.names:
        return lambda letters: world.plane(name)
    if name in world.matrix_names:
        return lambda letters: world.matrices[name]

    def look_up(letters):
        if name not in letters:
            raise UntrueError(f"the letter {name} is not defined")
        return letters[name]

    return look_up


def _sum(values):
    return sum(values[1:], start=values[0])


def _sum_over(name, lower, upper, body):
    def total(letters):
        outside = letters.get(name)
        result = 0
        for letters[name] in range(lower(letters), upper(letters) + 1):  # noqa: B020
            result += body(letters)
        if outside is None:
            letters.pop(name, None)
        else:
            letters[name] = outside
        return result

    return total


def _product(factors):
    result, *others = factors
    for factor in others:
        both = isinstance(result, np.ndarray) and isinstance(factor, np.ndarray)
        result = result @ factor if both else result * factor
    return _exact(result)


def _exact(number):
    whole = isinstance(number, Fraction) and number.denominator == 1
    return number.numerator if whole else number


def _cases(node, world):
    always = tree.AllOf(())
    branches = [
        (truth(branch.condition or always, world), meaning(branch.value, world))
        for branch in node.branches
    ]

    def chosen(letters):
        for condition, branch in branches:
            if condition(letters):
                return branch(letters)
        raise UntrueError("no case applies")

    return chosen


def _index(entry, world):
    """Return the function that gives the index of an entry.

    The reader takes x_{10} and x_{2 K}, without a comma, for two indices; along one axis they are
    one number and one product.
    """
    places = [meaning(place, world) for place in entry.indices]
    plain = world is None or isinstance(world, Batch) or len(world.input_shape) > 1
    if plain or len(places) == 1:
        return lambda letters: tuple([place(letters) for place in places])
    if isinstance(entry.indices[-1], tree.Integer):
        number = int("".join(str(place.value) for place in entry.indices))
        return lambda letters: (number,)
    factor = int("".join(str(place.value) for place in entry.indices[:-1]))
    return lambda letters: (factor * places[-1](letters),)


def _entry(node, world):
    if node.array == "delta":
        left, right = (meaning(place, world) for place in node.indices)
        return lambda letters: int(left(letters) == right(letters))
    index = _index(node, world)
    if node.array == "W":
        return lambda letters: world.block(*index(letters))
    if node.array in world.names:
        return lambda letters: world.entry(node.array, index(letters))
    raise UntrueError(f"the array {node.array} is not defined")


def _matrix(rows):
    entries = [entry for row in rows for entry in row]
    blocks = [entry for entry in entries if isinstance(entry, np.ndarray)]
    if not blocks:
        return np.array(rows, dtype=object)
    if any(not isinstance(entry, np.ndarray) and entry != 0 for entry in entries):
        raise UntrueError("a matrix of blocks has a number other than 0")
    zero = np.zeros_like(blocks[0])
    filled = [[entry if isinstance(entry, np.ndarray) else zero for entry in row] for row in rows]
    return np.block(filled)


def _array(node):
    """Return the name of a whole array: x, or dx for de/dx."""
    match node:
        case tree.Letter(name=name) if name in ARRAYS:
            return name
        case tree.Partial(of=tree.Letter(name="e"), by=tree.Letter(name=by)) if by in ARRAYS:
            return f"d{by}"
    raise UntrueError(f"{node} is no array")


def _partial(node, world):
    match node.of, node.by:
        case tree.Letter(name="e"), tree.Letter(name="b"):
            return lambda letters: oracle.grad_bias(world.arrays["dy"])
        case tree.Letter(name="e"), tree.Letter(name=array) if array in ARRAYS:
            return lambda letters: world.plane(f"d{array}")
        case tree.Letter(name="e"), tree.Entry(array=array) if array in (*ARRAYS, "b"):
            index, name = _index(node.by, world), f"d{array}"
            return lambda letters: world.entry(name, index(letters))
        case tree.Entry(array="y"), tree.Letter(name="b"):
            window = _index(node.of, world)
            return lambda letters: world.by_bias(window(letters))
        case tree.Entry(array="y"), tree.Entry(array=("x" | "X")):
            window, cell = _index(node.of, world), _index(node.by, world)
            return lambda letters: world.by_input(window(letters), cell(letters))
        case tree.Entry(array="y"), tree.Entry(array="w"):
            window, tap = _index(node.of, world), _index(node.by, world)
            return lambda letters: world.by_weight(window(letters), tap(letters))
    raise UntrueError(f"{node} is no derivative of a document")
