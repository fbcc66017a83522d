using Raid5Fs.Client.Commands;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Shell;

/// <summary>Finds what may stand where somebody types: a command first, then paths.</summary>
internal sealed class Completion(Workspace on)
{
    /// <param name="typed">The line up to the cursor.</param>
    /// <returns>Where the word begins that is completed, and what it may be.</returns>
    public async Task<(int From, IReadOnlyList<string> Choices)> FindAsync(string typed)
    {
        int from = typed.LastIndexOf(' ') + 1;
        string word = typed[from..];
        if (typed[..from].Trim().Length == 0)
        {
            return (from, [.. CommandList.All.Select(static command => command.Name).Where(name => name.StartsWith(word, StringComparison.Ordinal))]);
        }

        string folder = word[..(word.LastIndexOf('/') + 1)];
        Result<DirectoryEntry[]> entries = await TreeWalk.EntriesAsync(on, on.Rooted(folder.Length == 0 ? on.Directory : folder));
        return (from, entries.IsOk
            ?
            [
                .. entries.Value.Select(entry => folder + entry.Name + (entry.Type == FileType.Directory ? "/" : string.Empty))
                    .Where(path => path.StartsWith(word, StringComparison.Ordinal)),
            ]
            : []);
    }
}
