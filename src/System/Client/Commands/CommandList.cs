namespace Raid5Fs.Client.Commands;

/// <summary>Every command that there is, in the order of the help.</summary>
internal static class CommandList
{
    public static IReadOnlyList<FileCommand> All { get; } =
    [
        new Cd(),
        new Pwd(),
        new Ls(),
        new Cat(),
        new MkDir(),
        new RmDir(),
        new CreateFile(),
        new Append(),
        new Touch(),
        new Rm(),
        new Mv(),
        new Cp(),
        new Put(),
        new Get(),
        new Ln(),
        new LnH(),
        new LnS(),
        new Stat(),
        new ChMod(),
        new Slice(),
        new Mirror(),
        new Df(),
        new Sync(),
        new StatusOfArray(),
        new ShowLoad(),
        new Repair(),
        new VerifyBlock(),
        new VerifyAll(),
        new ShowBlock(),
        new ShowBlockSlice(),
        new ShowPhysicalBlock(),
        new ShowInode(),
        new ShowFsConfig(),
        new SaveImage(),
        new LoadImage(),
        new Help(),
        new Exit(),
    ];

    /// <summary>Those that make sense outside of a shell.</summary>
    public static IEnumerable<FileCommand> Alone => All.Where(static command => !command.IsOfShell);

    public static FileCommand? Find(string name) => All.FirstOrDefault(command => command.Name == name);
}
