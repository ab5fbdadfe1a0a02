"""cn_clip, the reference implementation, on the CPU in fp32: `load_from_name`, its own pixels and tokenizer."""
import time

import torch
import torchvision_alone
import cn_clip.clip as cn_clip


class Engine:
    def __init__(self, models, threads):
        torch.set_num_threads(threads)
        self.model, self.transform = cn_clip.load_from_name(
            str(models / "cn-clip.pt"),
            device="cpu",
            vision_model_name="ViT-B-16",
            text_model_name="RoBERTa-wwm-ext-base-chinese",
            input_resolution=224,
        )
        self.model.eval()

    def images(self, pictures):
        with torch.no_grad():
            return unit(self.model.encode_image(torch.stack([self.transform(picture) for picture in pictures])))

    def texts(self, texts):
        with torch.no_grad():
            return unit(self.model.encode_text(cn_clip.tokenize(texts)))


def unit(features):
    return features / features.norm(dim=-1, keepdim=True)


def gemm(m, k, n, seconds):
    x, weight = torch.rand(m, k) - 0.5, torch.rand(k, n) - 0.5
    torch.mm(x, weight)
    calls, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        torch.mm(x, weight)
        calls += 1
    return {"seconds": elapsed / calls}
