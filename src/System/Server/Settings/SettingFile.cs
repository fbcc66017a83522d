using System.Text.Json;

namespace Raid5Fs.Server.Settings;

/// <summary>The JSON file: one object, a property a setting. Comments are allowed.</summary>
internal static class SettingFile
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="path">The file's.</param>
    /// <param name="texts">What it says, each with where it says it.</param>
    /// <returns>What is wrong with it, in one line; null if nothing is.</returns>
    public static string? Read(string path, out IReadOnlyList<(Setting Setting, string Text, string Source)> texts)
    {
        List<(Setting Setting, string Text, string Source)> found = [];
        texts = found;
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"{path}: {refused.Message}";
        }

        try
        {
            var reader = new Utf8JsonReader(json, Lenient);
            return ReadObject(ref reader, json, path, found);
        }
        catch (JsonException wrong)
        {
            return $"{path}:{wrong.LineNumber + 1}: not JSON: {wrong.Message.Split(" LineNumber:")[0]}";
        }
    }

    private static string? ReadObject(
        ref Utf8JsonReader reader, byte[] json, string path, List<(Setting Setting, string Text, string Source)> found)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return $"{path}:1: one JSON object is wanted, with a property a setting";
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            string source = $"{path}:{LineAt(json, reader.TokenStartIndex)}: {name}";
            if (KnownSettings.All.SingleOrDefault(setting => setting.Name == name) is not { } setting || setting == KnownSettings.Config)
            {
                return $"{source}: there is no such setting; raid5fs-server --help lists them";
            }

            if (found.Exists(earlier => earlier.Setting == setting))
            {
                return $"{source}: is there twice";
            }

            reader.Read();
            if (TextOf(ref reader) is not { } text)
            {
                return $"{source}: a text, a number, true or false is wanted";
            }

            found.Add((setting, text, source));
        }

        // What follows the object is not JSON any more, and the reader says so.
        reader.Read();
        return null;
    }

    private static string? TextOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => null,
    };

    private static int LineAt(byte[] json, long index) => json.AsSpan(0, (int)index).Count((byte)'\n') + 1;
}
