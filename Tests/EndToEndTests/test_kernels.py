"""The objects of the convolution kernels. They are compiled for instructions that not every processor has, so nothing in
them may be a function that the linker could take for other modules too: such a function would run everywhere."""

import platform
import shutil
import subprocess

import pytest
from gateway import binary

pytestmark = [pytest.mark.skipif(platform.machine() != "x86_64", reason="the kernels have flags on x86-64 only"),
              pytest.mark.skipif(not (shutil.which("nm") and shutil.which("objdump")), reason="NO binutils")]
KERNELS = ("ConvolutionAVX2", "ConvolutionAVX512", "ConvolutionBaseline")


def objects(target: str):
    found = sorted((binary().parent / f"{target}.build").glob("**/Convolve.swift.o"))
    assert found, f"no objects of {target} beside {binary()}"
    return found


def shared_functions(symbols: str) -> list[str]:
    """Names of weak functions in the output of `nm`: what the linker keeps one copy of."""
    rows = [line.split() for line in symbols.splitlines()]
    return [row[-1] for row in rows if len(row) == 3 and row[1] == "W"]


@pytest.mark.parametrize("target", KERNELS)
def test_no_function_of_a_kernel_is_shared_with_other_code(target):
    for file in objects(target):
        symbols = subprocess.run(["nm", file], capture_output=True, text=True, check=True).stdout
        assert "convolve" in symbols
        assert shared_functions(symbols) == []


def test_the_check_sees_a_shared_function():
    assert shared_functions("0000000000000000 T $s1A\n0000000000000010 W $sSV13loadUnaligned\n                 w gmon\n"
                            "0000000000000000 V __swift_reflection_version\n") == ["$sSV13loadUnaligned"]


@pytest.mark.parametrize("target, has, has_not", [
    ("ConvolutionAVX512", ["vfmadd", "%zmm"], ["fmaf"]), ("ConvolutionAVX2", ["vfmadd", "%ymm"], ["%zmm", "fmaf"]),
    ("ConvolutionBaseline", ["fmaf"], ["vfmadd", "%ymm", "%zmm"])])
def test_each_kernel_has_its_instructions_and_no_others(target, has, has_not):
    code = "".join(subprocess.run(["objdump", "-dr", file], capture_output=True, text=True, check=True).stdout
                   for file in objects(target))
    assert [word for word in has if word not in code] == []
    assert [word for word in has_not if word in code] == []
