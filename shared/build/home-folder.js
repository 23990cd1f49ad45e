/**
 * The user's home. A user without a name, as in a container, may have none: root's folder, as Docker says, which is not this user's to
 * write.
 * @returns {string}
 */
export function homeFolder() {
  try {
    // Not `import`: it would read each export of the module, and some exports load much unused code.
    return process.getBuiltinModule("node:os").homedir();
  } catch {
    return "/";
  }
}
