import { afterEach, expect, test } from "vitest";
import { frameAnswer } from "../../../../components/host/answer.ts";
import { newSshKeyPair } from "../../../../components/host/ssh-key-pair.ts";
import { carryOut, checkSnapshot } from "../../../../operations/restore/carry-out.ts";
import type { ClusterHost } from "../../../../operations/restore/cluster-hosts.ts";
import { planRestore, type RestorePlan } from "../../../../operations/restore/plan.ts";
import { type Survey, surveyServers } from "../../../../operations/restore/survey.ts";
import { type Answer, SshMachine } from "../../host/ssh-server.ts";
import { hostOf, markLine, nameOf, onDisk, requestOf, surveyOf } from "./restore-fixture.ts";

const login = newSshKeyPair();
const machines: SshMachine[] = [];
afterEach(() => {
  for (const machine of machines.splice(0)) machine.stop();
});

async function hostAt(number: number, answer: Answer): Promise<ClusterHost> {
  const machine = await new SshMachine(answer, newSshKeyPair(), login).start();
  machines.push(machine);
  const { port, hostKey } = machine;
  const hop = { address: "127.0.0.1", port, user: "root", privateKey: login.privateKey, hostKey: hostKey.publicKey };
  return { ...hostOf(number), hops: [hop] };
}

const kindOf = (command: string) => /# grappe-step: ([a-z-]+)/.exec(command)?.[1] ?? "?";

/** pi-1 to pi-3 as machines that note what they are told to do. */
async function world(log: string[]): Promise<readonly Survey[]> {
  return await Promise.all(
    [1, 2, 3].map(async (number) => {
      const host = await hostAt(number, (command, input) => {
        const only = /only='note'/.test(input) ? " note" : "";
        log.push(`pi-${number} ${kindOf(command)}${only}`);
        return kindOf(command) === "restore-rejoin"
          ? "..waiting for etcd to have all data\nkubelet says\n.waiting"
          : "";
      });
      return { ...surveyOf(number, number === 1 ? [onDisk(1, 12)] : []), host };
    }),
  );
}

test.each(["k3s", "kubeadm"])("the server with the snapshot stops first and forgets last: %s", async (distribution) => {
  const log: string[] = [];
  const plan = planRestore(requestOf(await world(log)));
  const agent = await hostAt(4, (command) => {
    log.push(`pi-4 ${kindOf(command)}`);
    return "";
  });
  const gone: ClusterHost = { ...agent, name: "pi-5", hops: agent.hops.map((hop) => ({ ...hop, port: 1 })) };
  const written: string[] = [];
  const surroundings = { distribution, agents: [agent, gone], write: (line: string) => written.push(line) };
  expect(await carryOut(plan, surroundings)).toEqual(["pi-5"]);
  expect(log[0]).toBe("pi-1 restore-stop");
  expect(log.slice(1, 3).toSorted()).toEqual(["pi-2 restore-stop", "pi-3 restore-stop"]);
  expect(log[3]).toBe("pi-1 restore-snapshot");
  const joins = log.slice(4, 6);
  expect(distribution === "k3s" ? joins : joins.toSorted()).toEqual(["pi-2 restore-rejoin", "pi-3 restore-rejoin"]);
  expect(log.slice(6, 8)).toEqual(["pi-4 restore-agent", "pi-1 restore-finish note"]);
  expect(log.slice(8, 10).toSorted()).toEqual(["pi-2 restore-finish", "pi-3 restore-finish"]);
  expect(log.slice(10)).toEqual(["pi-1 restore-finish"]);
  expect(written).toEqual(
    expect.arrayContaining(["pi-3: waiting for etcd to have all data", "pi-2 has joined.", "pi-3 has joined."]),
  );
  expect(written.at(-1)).toBe("The agents' kubelets start anew.");
});

test("one that is over is forgotten, and stops nobody", async () => {
  const log: string[] = [];
  const surveys = await world(log);
  const mark = {
    id: "20261129T130000Z",
    target: "10.0.0.1",
    phase: "over",
    place: "disk",
    snapshot: nameOf(1, 12),
  } as const;
  const marked = surveys.map((one, index) => {
    const { mark: known } = surveyOf(1, [markLine(mark)]);
    return index === 0 && known !== undefined ? { ...one, mark: known } : one;
  });
  await carryOut(planRestore(requestOf(marked)), { distribution: "k3s", agents: [], write: () => undefined });
  expect(new Set(log.map((line) => line.split(" ")[1]))).toEqual(new Set(["restore-finish"]));
});

test("a host that doesn't answer while it is done is told by name", async () => {
  const surveys = await world([]);
  machines[1]?.stop();
  const plan: RestorePlan = planRestore(requestOf(surveys));
  const unreachable = {
    ...plan,
    others: plan.others.map((one) => ({
      ...one,
      host: { ...one.host, hops: one.host.hops.map((hop) => ({ ...hop, port: 1 })) },
    })),
  };
  await expect(carryOut(unreachable, { distribution: "k3s", agents: [], write: () => undefined })).rejects.toThrow(
    /^pi-[23] can't be reached over SSH .* Fix: /,
  );
});

test("servers are asked all at once; one that is off, or another machine, is lost, and one that refuses us ends it", async () => {
  const said = frameAnswer("member yes\nversion v1.36.3\ndata yes\napi 127.0.0.1");
  const values: string[] = [];
  const alive = await hostAt(1, (_, input) => {
    values.push(input);
    return `a banner\n${said}\n`;
  });
  const off: ClusterHost = { ...hostOf(2), hops: alive.hops.map((hop) => ({ ...hop, port: 1 })) };
  const other: ClusterHost = {
    ...hostOf(3),
    hops: alive.hops.map((hop) => ({ ...hop, hostKey: newSshKeyPair().publicKey })),
  };
  const { surveys, lost } = await surveyServers([alive, off, other], "kubeadm");
  expect(surveys.map(({ host, answeringApis }) => [host.name, answeringApis])).toEqual([["pi-1", ["127.0.0.1"]]]);
  expect(lost.map(({ host, why }) => [host.name, why])).toEqual([
    ["pi-2", expect.stringMatching(/unreachable/)],
    ["pi-3", expect.stringMatching(/other-host-key/)],
  ]);
  expect(values).toEqual(["distribution='kubeadm'\notherServers='10.0.0.2 10.0.0.3'\n"]);
  const locked: ClusterHost = {
    ...hostOf(2),
    hops: alive.hops.map((hop) => ({ ...hop, privateKey: newSshKeyPair().privateKey })),
  };
  await expect(surveyServers([alive, locked], "kubeadm")).rejects.toThrow(/pi-2 .*login.* Nothing was changed\. Fix: /);
});

test("what etcd's tool says of a snapshot is told", async () => {
  const answers = ["whole: deadbeef, 4711, 812, 3.2 MB", "whole"];
  const host = await hostAt(1, () => frameAnswer(answers.shift() ?? ""));
  const plan = planRestore(requestOf([{ ...surveyOf(1, [onDisk(1, 12)]), host }]));
  expect(await checkSnapshot(plan, "kubeadm")).toBe("hash deadbeef, revision 4711, 812 keys");
  expect(await checkSnapshot(plan, "k3s")).toBe("");
});
