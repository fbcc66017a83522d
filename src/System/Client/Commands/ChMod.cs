using Raid5Fs.FileSystem;

namespace Raid5Fs.Client.Commands;

/// <summary><c>chmod</c>: permissions.</summary>
internal sealed class ChMod() : FileCommand("chmod", "MODE PATH", "Sets the permissions of a file: octal, such as 0644")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        if (!Permissions.TryParse(given[0], out Permissions permissions))
        {
            return on.Terminal.RefuseUsage($"'{given[0]}' are no permissions: octal digits are wanted, such as 0644");
        }

        var change = new AttributeChange { Permissions = permissions };
        return on.End((await on.OnPathsAsync(paths => paths.SetAttributesAsync(on.Rooted(given[1]), change))).Error, given[1]);
    }
}
