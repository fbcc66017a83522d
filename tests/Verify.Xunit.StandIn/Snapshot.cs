using System.Text;

namespace VerifyTests;

/// <summary>The pair of files of one test, and the comparison.</summary>
internal static class Snapshot
{
    private static readonly UTF8Encoding Utf8WithMark = new(encoderShouldEmitUTF8Identifier: true);

    public static async Task CompareAsync(string? target, VerifySettings settings, string sourceFile, string testMethod)
    {
        var stem = Stem(settings, sourceFile, testMethod);
        var verified = stem + ".verified.txt";
        var received = stem + ".received.txt";
        var text = Normalize(settings, target);

        var approved = File.Exists(verified) ? await ReadAsync(verified) : null;
        // An editor that added an end to the last line is forgiven.
        if (approved == text || approved == text + '\n')
        {
            File.Delete(received);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(stem)!);
        await File.WriteAllTextAsync(received, text, Utf8WithMark);
        throw new VerifyException(Explanation(verified, received, approved, text));
    }

    private static string Stem(VerifySettings settings, string sourceFile, string testMethod)
    {
        var source = Path.GetDirectoryName(sourceFile) is { Length: > 0 } folder && Directory.Exists(folder)
            ? folder
            : throw new VerifyException(
                $"The folder of {sourceFile} is not here: build test projects with DeterministicSourcePaths=false.");
        var directory = settings.Directory is { } chosen ? Path.Combine(source, chosen) : source;
        var type = settings.TypeName ?? Path.GetFileNameWithoutExtension(sourceFile);
        var method = settings.MethodName ?? testMethod;
        var parameters = settings.TextForParameters is { } cases ? "_" + cases : "";
        return Path.Combine(directory, $"{type}.{method}{parameters}");
    }

    private static string Normalize(VerifySettings settings, string? target)
    {
        if (target is null)
        {
            return "null";
        }

        var text = settings.Scrub(LineFeeds(target));
        return text.Length == 0 ? "emptyString" : text;
    }

    private static async Task<string> ReadAsync(string file) => LineFeeds(await File.ReadAllTextAsync(file, Utf8WithMark));

    private static string LineFeeds(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n');

    private static string Explanation(string verified, string received, string? approved, string text)
    {
        var message = new StringBuilder();
        message.Append("Directory: ").Append(Path.GetDirectoryName(verified)).Append('\n');
        message.Append(approved is null ? "New:\n" : "NotEqual:\n");
        message.Append("  - Received: ").Append(Path.GetFileName(received)).Append('\n');
        message.Append("    Verified: ").Append(Path.GetFileName(verified)).Append('\n');
        message.Append("To approve what came, move the received file over the verified one.\n\n");
        message.Append(approved is null ? text : FirstDifference(approved, text));
        return message.ToString();
    }

    private static string FirstDifference(string approved, string text)
    {
        var before = approved.Split('\n');
        var after = text.Split('\n');
        var line = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"First difference, line {line + 1}:\n- verified: {At(before, line)}\n- received: {At(after, line)}\n\n"
            + $"Received:\n{text}";
    }

    private static string At(string[] lines, int line) => line < lines.Length ? lines[line] : "(no such line)";
}
