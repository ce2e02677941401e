interface Mounts {
  readonly files: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly temporaryFolders: readonly string[];
}

interface MountFault {
  /** Of the setting, in the application. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Places in a container at which two things would lie, or one below a file (pure): the container wouldn't start. */
export function mountFaults({ files, volumes, temporaryFolders }: Mounts): readonly MountFault[] {
  const places = [
    ...Object.keys(volumes).map((place) => ({ place, path: ["volumes", place] })),
    ...temporaryFolders.map((place, index) => ({ place, path: ["temporaryFolders", index] })),
    ...Object.keys(files).map((place) => ({ place, path: ["files", place] })),
  ];
  return places.flatMap(({ place, path }, index): readonly MountFault[] => {
    if (places.slice(0, index).some((other) => other.place === place))
      return [{ path, message: "a path at which something else lies, too; choose another one" }];
    const file = Object.keys(files).find((other) => place.startsWith(`${other}/`));
    return file === undefined ? [] : [{ path, message: `a path below ${file}, which is a file; choose another one` }];
  });
}
