"""Both towers of a ChineseCLIPModel as OpenVINO models in fp32, for any batch and length."""
import openvino
import torch
from engine_transformers import text_features


class ImageTower(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.get_image_features(pixel_values)


class TextTower(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return text_features(self.model, input_ids=input_ids, attention_mask=attention_mask)


def export(model, folder):
    folder.mkdir(exist_ok=True)
    size = model.config.vision_config.image_size
    pixels = torch.zeros(2, 3, size, size)
    ids = torch.ones(2, 7, dtype=torch.long)
    with torch.no_grad():
        image = openvino.convert_model(ImageTower(model), example_input=pixels, input=[[-1, 3, size, size]])
        text = openvino.convert_model(TextTower(model), example_input=(ids, ids), input=[[-1, -1], [-1, -1]])
    openvino.save_model(image, folder / "image.xml", compress_to_fp16=False)
    openvino.save_model(text, folder / "text.xml", compress_to_fp16=False)
