import { afterAll, beforeAll, describe } from "vitest";
import { refusedAgentChanges, testAgentChanges } from "./life/agents.ts";
import { testBeforeAnything } from "./life/before-anything.ts";
import { testCredentials } from "./life/credentials.ts";
import { testEnd, testRefusedDestroy } from "./life/end.ts";
import { testKilledBringUp } from "./life/killed-bring-up.ts";
import { testStanding } from "./life/standing.ts";
import { testServerIsBack, testThreeServers } from "./life/three-servers.ts";
import { StackLife } from "./stack-life.ts";

const life = new StackLife();
beforeAll(() => life.open());
afterAll(() => life.close());

// One bring-up serves all: each group goes on with what the one before left.
describe("before anything exists", () => testBeforeAnything(life));
describe("a bring-up that is killed again and again", () => testKilledBringUp(life));
describe("a stack that stands", () => testStanding(life));
describe("credentials", () => testCredentials(life));
describe("agents", () => testAgentChanges(life));
describe("changes that can't be made", () => refusedAgentChanges(life));
describe("three servers", () => testThreeServers(life));
describe("a destroy that can't end", () => testRefusedDestroy(life));
describe("a server that was stopped", () => testServerIsBack(life));
describe("the end", () => testEnd(life));
