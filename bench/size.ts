/** The size of the benchmark's pictures before they are prepared for the model. */
export const WIDTH = 640;
export const HEIGHT = 480;
