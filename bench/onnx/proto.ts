import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

/** A named float32 tensor entering or leaving a graph. A string names a size that is free at run time. */
export interface Value {
  name: string;
  shape: readonly (number | string)[];
}

/** A constant of a graph, row-major. */
export interface Constant {
  name: string;
  shape: readonly number[];
  data: Float32Array | BigInt64Array;
}

/** One operator of ONNX's default domain. An empty input or output name leaves that one out. */
export interface Operator {
  type: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** A graph in evaluation order. */
export interface Graph {
  name: string;
  inputs: readonly Value[];
  outputs: readonly Value[];
  constants: readonly Constant[];
  operators: readonly Operator[];
}

/** Both old enough for any runtime of today: IR 8 and operator set 17 came with ONNX 1.12 (2022). */
const IR_VERSION = 8;
const OPERATOR_SET = 17;

const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

const ModelProto = new protobuf.Root()
  .loadSync(fileURLToPath(new URL('./onnx.proto', import.meta.url)), { keepCase: true })
  .lookupType('onnx.ModelProto');

/** The bytes of an `.onnx` file that holds `graph`. */
export function encodeModel(graph: Graph): Uint8Array {
  const message = ModelProto.create({
    ir_version: IR_VERSION,
    producer_name: 'earshot-bench',
    opset_import: [{ domain: '', version: OPERATOR_SET }],
    graph: {
      name: graph.name,
      node: graph.operators.map(toNode),
      initializer: graph.constants.map(toTensor),
      input: graph.inputs.map(toValueInfo),
      output: graph.outputs.map(toValueInfo),
    },
  });
  const wrong = ModelProto.verify(message);
  if (wrong) throw new Error(`Expected a valid ONNX graph, got ${wrong}`);
  return ModelProto.encode(message).finish();
}

function toNode(operator: Operator, index: number) {
  const attribute = Object.entries(operator.attributes ?? {}).map(([name, value]) =>
    typeof value === 'number' ? { name, type: ATTRIBUTE_INT, i: value } : { name, type: ATTRIBUTE_INTS, ints: value },
  );
  const name = `${operator.type}_${index}`;
  return { name, op_type: operator.type, input: operator.inputs, output: operator.outputs, attribute };
}

function toTensor({ name, shape, data }: Constant) {
  const size = shape.reduce((product, n) => product * n, 1);
  if (size !== data.length) throw new Error(`Expected \`${name}\` to have ${size} values, got ${data.length}`);
  // Typed arrays are little-endian, as raw_data is, on every machine that onnxruntime runs on.
  const raw_data = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: shape, data_type: data instanceof Float32Array ? FLOAT : INT64, raw_data };
}

function toValueInfo({ name, shape }: Value) {
  const dim = shape.map((size) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } };
}
