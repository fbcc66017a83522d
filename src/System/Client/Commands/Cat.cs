using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>cat</c>: the content of files, as text.</summary>
internal sealed class Cat() : FileCommand("cat", "PATH…", "Shows the content of files; get gives their bytes as they are")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        foreach (string path in given.Words)
        {
            Result<byte[]> content = await FileCopying.ReadAllAsync(on, on.Rooted(path));
            if (!content.IsOk)
            {
                return on.End(content.Error, path);
            }

            string text = System.Text.Encoding.UTF8.GetString(content.Value);
            on.Terminal.Say(new { Path = path, Content = text }, to => to.Write(text.Length == 0 || text.EndsWith('\n') ? text : text + "\n"));
        }

        return ExitCode.Done;
    }
}
