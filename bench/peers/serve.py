"""Takes steps on request: JSON lines on standard input and output, as `cases/step/protocol.ts` has them."""

import argparse
import json
import math
import resource
import sys
import time

import torch

from networks import create_network, networks
from steps import create_step


def peak_bytes() -> int:
    """Largest resident set of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def send(message: dict) -> None:
    print(json.dumps(message), flush=True)


def serve(arguments: argparse.Namespace) -> None:
    steps = {}
    before = {}
    for line in sys.stdin:
        request = json.loads(line)
        kind = request["kind"]
        try:
            if kind not in steps:
                steps[kind] = create_step(
                    arguments.network, kind, arguments.batch, arguments.channels_last, arguments.compile
                )
                before[kind] = peak_bytes()
            milliseconds = []
            for _ in range(request["steps"]):
                started = time.perf_counter()
                loss = steps[kind]()
                milliseconds.append((time.perf_counter() - started) * 1000)
                if not math.isfinite(loss):
                    raise ArithmeticError(f"the loss is {loss}")
            send({"milliseconds": milliseconds, "memory": {"before": before[kind], "peak": peak_bytes()}})
        except Exception as error:  # The bench reports it and goes on without this case.
            send({"error": f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=networks, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parsed = parser.parse_args()
    torch.set_num_threads(parsed.threads)
    parameters = sum(parameter.numel() for parameter in create_network(parsed.network).parameters())
    send(
        {
            "ready": {
                "engine": f"PyTorch {torch.__version__}",
                "threads": torch.get_num_threads(),
                "parameters": parameters,
            }
        }
    )
    serve(parsed)
