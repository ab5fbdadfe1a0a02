import { describe, expect, test } from 'vitest';
import { builder, type ClipConfig, imageTower, publishedConfig, textTower } from '../src/clip/index.ts';
import { Graph, gradients, serving, symbol, training } from '../src/graph/index.ts';
import { clipLoss } from './support/clip-loss.ts';

const operatorsOf = (graph: Graph) => new Set(graph.nodes.map(({ operator }) => operator.name));

function towers(config: ClipConfig, lowering: typeof serving): Graph {
  const graph = new Graph();
  const { size } = config.pixels;
  const b = builder(graph, lowering);
  const pixels = graph.input('pixels', 'float32', [symbol('batch'), 3, size, size]);
  const ids = graph.input('ids', 'int64', [symbol('batch'), symbol('sequence')]);
  graph.output('image', imageTower(b, config, pixels).features);
  graph.output('text', textTower(b, config, ids).features);
  return graph;
}

/** ScatterND loses additions on repeated indices when the engine runs on several threads. */
describe.each(['ViT-B-16', 'RN50'] as const)('no graph of %s scatters with ScatterND', (name) => {
  const config = publishedConfig(name);

  test.each([serving, training(), training({ statistics: 'running' })])('towers: $name', (lowering) => {
    const operators = operatorsOf(towers(config, lowering));
    expect(operators).toContain('Gather');
    expect(operators).not.toContain('ScatterND');
  });

  test('loss and gradients', () => {
    const graph = new Graph();
    const { loss } = clipLoss(graph, config);
    gradients([{ value: loss, gradient: graph.floats(1) }], [...graph.parameters.values()]);
    const operators = operatorsOf(graph);
    expect(operators).toContain('ScatterElements');
    expect(operators).not.toContain('ScatterND');
  });
});
