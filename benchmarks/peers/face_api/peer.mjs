// @vladmandic/face-api with its defaults: SSD MobileNet from 0.5, 68 landmarks, FaceMatcher at 0.6.
// Node runs it on TensorFlow.js's WASM backend: its native backend downloads a library when it is installed.

import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { createInterface } from "node:readline";

import sharp from "sharp";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
const faceapi = require("@vladmandic/face-api/dist/face-api.node-wasm.js");

console.log = console.error; // standard output belongs to the answers

async function prepare() {
  wasm.setWasmPaths(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")) + sep);
  await tf.setBackend("wasm");
  await tf.ready();
  const models = join(dirname(require.resolve("@vladmandic/face-api/package.json")), "model");
  await faceapi.nets.ssdMobilenetv1.loadFromDisk(models);
  await faceapi.nets.faceLandmark68Net.loadFromDisk(models);
  await faceapi.nets.faceRecognitionNet.loadFromDisk(models);
}

async function withPicture(path, use) {
  const { data, info } = await sharp(await readFile(path))
    .rotate() // as its EXIF says
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = tf.tensor3d(data, [info.height, info.width, info.channels], "int32");
  try {
    return await use(picture);
  } finally {
    picture.dispose();
  }
}

let matcher = null;

async function enrol(portraits) {
  const known = [];
  for (const [studentId, paths] of Object.entries(portraits)) {
    const descriptors = [];
    for (const path of paths) {
      const face = await withPicture(path, (picture) =>
        faceapi.detectSingleFace(picture).withFaceLandmarks().withFaceDescriptor(),
      );
      if (face) descriptors.push(face.descriptor);
    }
    if (descriptors.length) known.push(new faceapi.LabeledFaceDescriptors(studentId, descriptors));
  }
  matcher = known.length ? new faceapi.FaceMatcher(known) : null;
  return { enrolled: known.map((student) => student.label) };
}

async function take(frames) {
  const found = new Set();
  for (const path of frames) {
    const faces = await withPicture(path, (picture) =>
      faceapi.detectAllFaces(picture).withFaceLandmarks().withFaceDescriptors(),
    );
    for (const face of faces) {
      const match = matcher?.findBestMatch(face.descriptor);
      if (match && match.label !== "unknown") found.add(match.label);
    }
  }
  return { found: [...found].sort() };
}

await prepare();
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const began = process.cpuUsage();
  const answer = request.enrol ? await enrol(request.enrol) : await take(request.take);
  const { user, system } = process.cpuUsage(began);
  process.stdout.write(JSON.stringify({ ...answer, cpu_seconds: (user + system) / 1e6 }) + "\n");
}
