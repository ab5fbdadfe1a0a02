"""OpenVINO in fp32 on the model exported from transformers, with lean pixels (Pillow, NumPy) and a compiled tokenizer."""
import numpy
import openvino
from PIL import Image
from tokenizers import BertWordPieceTokenizer

MEAN = numpy.array([0.48145466, 0.4578275, 0.40821073], numpy.float32)
STD = numpy.array([0.26862954, 0.26130258, 0.27577711], numpy.float32)


class Engine:
    def __init__(self, models, threads):
        folder = models / "openvino"
        # The hint says float32: by default OpenVINO computes in bfloat16 where the processor can.
        options = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
        }
        core = openvino.Core()
        self.image_tower = core.compile_model(folder / "image.xml", "CPU", options)
        self.text_tower = core.compile_model(folder / "text.xml", "CPU", options)
        self.tokenizer = BertWordPieceTokenizer(str(models / "hf" / "vocab.txt"))
        self.tokenizer.enable_padding()
        self.tokenizer.enable_truncation(52)

    def images(self, pictures):
        pixels = numpy.stack([prepared(picture) for picture in pictures])
        return unit(self.image_tower([pixels])[0])

    def texts(self, texts):
        encoded = self.tokenizer.encode_batch(texts)
        ids = numpy.array([each.ids for each in encoded], numpy.int64)
        mask = numpy.array([each.attention_mask for each in encoded], numpy.int64)
        return unit(self.text_tower([ids, mask])[0])


def prepared(picture):
    small = numpy.asarray(picture.resize((224, 224), Image.Resampling.BICUBIC), numpy.float32)
    return ((small / 255 - MEAN) / STD).transpose(2, 0, 1)


def unit(features):
    return features / numpy.linalg.norm(features, axis=-1, keepdims=True)
