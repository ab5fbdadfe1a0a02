import { div, matmul, mul, reduceMean, reduceSum, scale, shift, sqrt, type Value } from '../graph/index.ts';

/**
 * What a student's picture vectors lack of a teacher's: 1 − the mean of the cosines of their rows, as Chinese-CLIP's
 * trainer has it. The student's rows are stretched to the teacher's width first.
 *
 * @param student unit vectors [rows, dim]
 * @param teacher vectors of any length [rows, teacherDim]
 * @param stretch [dim, teacherDim], of `stretchMatrix`
 */
export function distillationLoss(student: Value, teacher: Value, stretch: Value): Value {
  const stretched = matmul(student, stretch);
  const dots = reduceSum(mul(stretched, teacher), [1]);
  const lengths = sqrt(mul(squares(stretched), squares(teacher)));
  return shift(scale(reduceMean(div(dots, lengths), [0]), -1), 1);
}

function squares(x: Value): Value {
  return reduceSum(mul(x, x), [1]);
}

/**
 * Linear interpolation of a row of `from` numbers to `to`, as a matrix [from, to]: the centre of each new number is
 * looked up between the centres of the old ones, the outermost continued (PyTorch's `bilinear` without `align_corners`).
 */
export function stretchMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(from * to);
  for (let column = 0; column < to; column++) {
    const place = Math.max(0, ((column + 0.5) * from) / to - 0.5);
    const left = Math.min(Math.floor(place), from - 1);
    const right = Math.min(left + 1, from - 1);
    const share = place - left;
    matrix[left * to + column]! += 1 - share;
    matrix[right * to + column]! += share;
  }
  return matrix;
}
