"""A language model of random numbers, small enough to be made in a moment by the tests."""

from pathlib import Path
from typing import Any, Final

_WIDTH: Final = 32
_HEADS: Final = 2
_CONTEXT: Final = 16_384
_END_QUOTE: Final = 1.5
"""A push for the closing quotation mark, so that every constrained reply ends."""


def write_model(path: Path) -> None:
    """Write a GGUF file whose tokens are bytes."""
    import gguf  # noqa: PLC0415 - only where CI installs it
    import numpy as np  # noqa: PLC0415 - as above

    random = np.random.default_rng(6)
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    kinds = [
        gguf.TokenType.UNKNOWN,
        gguf.TokenType.CONTROL,
        gguf.TokenType.CONTROL,
        *[gguf.TokenType.BYTE] * 256,
    ]
    writer = gguf.GGUFWriter(str(path), "phi2")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_feed_forward_length(2 * _WIDTH)
    writer.add_block_count(1)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(value=False)

    def add(name: str, *shape: int, ones: bool = False) -> None:
        values = np.ones(shape) if ones else random.normal(0, 0.1, shape)
        writer.add_tensor(name, values.astype(np.float32))

    add("token_embd.weight", len(tokens), _WIDTH)
    for name in ("blk.0.attn_norm", "output_norm"):
        add(f"{name}.weight", _WIDTH, ones=True)
        add(f"{name}.bias", _WIDTH)
    for name, inner, outer in (
        ("blk.0.attn_qkv", _WIDTH, 3 * _WIDTH),
        ("blk.0.attn_output", _WIDTH, _WIDTH),
        ("blk.0.ffn_up", _WIDTH, 2 * _WIDTH),
        ("blk.0.ffn_down", 2 * _WIDTH, _WIDTH),
    ):
        add(f"{name}.weight", outer, inner)
        add(f"{name}.bias", outer)
    add("output.weight", len(tokens), _WIDTH)
    bias: Any = np.zeros(len(tokens), dtype=np.float32)
    bias[3 + ord('"')] = _END_QUOTE
    # Other bytes than those of ASCII would not be text.
    bias[3 + 128 :] = -100
    writer.add_tensor("output.bias", bias)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
