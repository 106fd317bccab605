"""The words of `typing` that say something to a type checker only, without `typing`.

To import `typing` takes as long as twenty of our modules, and a batch needs nothing of it until its first octet is
sent.  Type checkers see the words of `typing` themselves.  Here each is a thing that may stand in the same places: in
annotations, as a base, and in aliases.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO as IO
    from typing import Any as Any
    from typing import BinaryIO as BinaryIO
    from typing import Final as Final
    from typing import Generic as Generic
    from typing import NewType as NewType
    from typing import Protocol as Protocol
    from typing import TypeVar as TypeVar
    from typing import cast as cast
    from typing import overload as overload
else:
    IO = Any = BinaryIO = Final = object

    class Protocol:
        """See `typing.Protocol`."""

        __slots__ = ()

    class Generic:
        """See `typing.Generic`."""

        __slots__ = ()

        def __class_getitem__(cls, item: object) -> type:
            return cls

    class TypeVar:
        """See `typing.TypeVar`.  An alias that holds one, as `list[T]`, can be given a type in its place."""

        def __init__(self, name: str, *bounds: object, **more: object) -> None:
            self.__name__ = name

        def __repr__(self) -> str:
            return f"~{self.__name__}"

        def __typing_subst__(self, given: object) -> object:
            return given

    class NewType:
        """See `typing.NewType`."""

        def __init__(self, name: str, base: type) -> None:
            self.__name__ = name

        def __call__(self, value: object) -> object:
            return value

    def cast(kind: object, value: object) -> object:
        """See `typing.cast`."""
        return value

    def overload(function: object) -> object:
        """See `typing.overload`."""
        return function
