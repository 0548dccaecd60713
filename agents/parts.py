"""Functions that only compiled code calls: typed and translated, and left to their callers to be made machine code of.

Numba optimises each function and makes machine code of it, to do so again in whatever calls it. Where hundreds of small
functions make up some twenty processes, most of that work is thrown away: here a part is handed on as it was written.
"""

from typing import Any

import llvmlite.binding as llvm
from numba import _dynfunc  # type: ignore[attr-defined]  # written in C
from numba.core import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, Flags, compile_result
from numba.core.compiler_machinery import LoweringPass, register_pass
from numba.core.environment import lookup_environment
from numba.core.typed_passes import NativeLowering

__all__ = ["PartCompiler", "WholeCompiler", "is_part", "rebuilt", "reduced"]


# Numba writes out all columns of a table, for messages that nobody reads, thousands of times: a fifteenth of the work.
types.Record.__repr__ = types.Type.__repr__  # type: ignore[method-assign]


class _Settled(Flags):
    """Numba's settings, compared as they were set: it compares them for every operation that it types."""

    def __hash__(self) -> int:
        return hash(frozenset(self._values))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Settled) and self._values == other._values


class _PartLibrary(JITCodeLibrary):
    """Code of a part and of what it calls, to be linked into its callers and never run from here."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class WholeCompiler(CompilerBase):
    """Numba's compiler, which also gives the parts of a function the Python objects that they name."""

    def compile_extra(self, func: Any) -> Any:
        """Compile a Python function."""
        self.state.flags = _Settled(self.state.flags)
        return super().compile_extra(func)

    def define_pipelines(self) -> list:
        """Numba's passes, and one more."""
        return [_passes(self.state, _Furnish)]


class PartCompiler(WholeCompiler):
    """Numba's compiler, but for its last step."""

    def compile_extra(self, func: Any) -> Any:
        """Type and translate a Python function."""
        self.state.flags.no_compile = True
        self.state.library = _PartLibrary(self.state.targetctx.codegen(), "part")
        return super().compile_extra(func)

    def define_pipelines(self) -> list:
        """Numba's passes, and the one that makes the part known."""
        return [_passes(self.state, _MakeKnown)]


def _passes(state: Any, last: type[LoweringPass]) -> Any:
    passes = DefaultPassBuilder.define_nopython_pipeline(state)
    passes.add_pass_after(last, NativeLowering)
    passes.finalize()
    return passes


@register_pass(mutates_CFG=True, analysis_only=False)
class _Furnish(LoweringPass):
    """Set the environments of parts, of which there is machine code only now."""

    _name = "furnish_parts"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        library = state.library
        for name in [variable.name for variable in library._final_module.global_variables]:
            environment = lookup_environment(name)
            if environment is not None:
                library.codegen.set_env(name, environment)
        return False


@register_pass(mutates_CFG=True, analysis_only=False)
class _MakeKnown(LoweringPass):
    """Tell where a part's code is, for functions that call it."""

    _name = "make_part_known"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        lowered, library = state.cr, state.library
        library.finalize()
        nobody = _entry(lowered.fndesc, lowered.env, library)
        state.targetctx.insert_user_function(nobody, lowered.fndesc, [library])
        state.cr = lowered._replace(cfunc=nobody)
        return False


def _entry(description: Any, environment: Any, library: Any) -> Any:
    """What Numba knows a function by: one of its own, which leads nowhere."""
    return _dynfunc.make_function(description.lookup_module(), description.qualname, "", 0, environment, (library,))


def is_part(compiled: Any) -> bool:
    """Whether a result of compilation is a part."""
    return isinstance(compiled.library, _PartLibrary)


def reduced(part: Any) -> tuple:
    """All that has to be kept of a part, to be pickled."""
    part.fndesc.typemap = part.fndesc.calltypes = None  # Numba drops them as well: large, and of no more use
    library = part.library
    return library.name, library._final_module.as_bitcode(), part.fndesc, part.environment, part.signature


def rebuilt(context: Any, name: str, code: bytes, description: Any, environment: Any, signature: Any) -> Any:
    """A part of what was kept of it."""
    library = _PartLibrary(context.codegen(), name)
    library._final_module = llvm.parse_bitcode(code)
    library._finalize_final_module()
    return compile_result(
        target_context=context, typing_context=context.typing_context, library=library, environment=environment,
        entry_point=_entry(description, environment, library), fndesc=description, signature=signature,
        objectmode=False, lifted=(), reload_init=(), referenced_envs=())
