using System.Text.Encodings.Web;
using System.Text.Json;

namespace Raid5Verify.Cli.Reports;

/// <summary>How JSON is written for scripts: a key a line, so that grep can read it too.</summary>
internal static class JsonText
{
    public static JsonSerializerOptions Indented { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
