/** The Chinese sentences into which a label is put for zero-shot classification; `{}` is the label. */
export const TEMPLATES: readonly string[] = [
  '{}',
  '{}。',
  '一张{}的照片',
  '一张{}的图片',
  '一幅画着{}的画',
  '图中有{}',
  '这是{}',
  '{}的特写',
  '一张拍得很清楚的{}',
  '{}的图案',
];

/** The same for English CLIP. */
export const ENGLISH_TEMPLATES: readonly string[] = [
  '{}',
  'a photo of {}.',
  'a picture of a {}.',
  'a photo showing the {}.',
  'a drawing of a {}.',
  'this is {}.',
  'a close view of a {}.',
  'a sharp, well lit photo of a {}.',
  'many {}.',
  'a {} in its usual place.',
];

/** A template with its label. */
export function fillTemplate(template: string, label: string): string {
  return template.replaceAll('{}', () => label);
}
