import { render } from "preact";

import { App } from "./app.tsx";
import { followSchool } from "./school.ts";
import "./styles/index.css";

followSchool();
const root = document.getElementById("app");
if (root !== null) render(<App />, root);
