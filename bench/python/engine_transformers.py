"""transformers' ChineseCLIPModel with its own processor; texts are padded to the longest of a batch."""
import torch
import torchvision_alone
from transformers import ChineseCLIPModel, ChineseCLIPProcessor


class Engine:
    def __init__(self, models, threads):
        torch.set_num_threads(threads)
        folder = models / "hf"
        self.model = ChineseCLIPModel.from_pretrained(folder).eval()
        self.processor = ChineseCLIPProcessor.from_pretrained(folder)

    def images(self, pictures):
        with torch.no_grad():
            return unit(self.model.get_image_features(**self.processor(images=pictures, return_tensors="pt")))

    def texts(self, texts):
        inputs = self.processor(text=texts, padding=True, return_tensors="pt")
        with torch.no_grad():
            return unit(text_features(self.model, **inputs))


def text_features(model, **inputs):
    """What `get_text_features` should give: in this version it projects a pooled output that the model lacks."""
    return model.text_projection(model.text_model(**inputs)[0][:, 0])


def unit(features):
    return features / features.norm(dim=-1, keepdim=True)
