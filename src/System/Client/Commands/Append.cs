using System.Text;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>append</c>: text at the end of a file.</summary>
internal sealed class Append() : FileCommand("append", "PATH TEXT…", "Writes text at the end of a file that exists; several words with a space between them")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Join(' ', given.Words.Skip(1)));
        Errno error = await on.OnPathsAsync(async paths =>
        {
            Result<OpenFile> file = await paths.OpenAsync(on.Rooted(given[0]), OpenFlags.Write | OpenFlags.Append);
            if (!file.IsOk)
            {
                return file.Error;
            }

            Errno error = Errno.OK;
            for (int done = 0; done < text.Length && error == Errno.OK;)
            {
                Result<int> written = await file.Value.WriteAsync(0, text.AsMemory(done));
                error = written.Error;
                done += written.IsOk ? written.Value : 0;
            }

            await file.Value.CloseAsync();
            return error;
        });
        return on.End(error, given[0]);
    }
}
