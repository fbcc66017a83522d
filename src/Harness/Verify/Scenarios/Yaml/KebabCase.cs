using System.Text;

namespace Raid5Verify.Scenarios.Yaml;

/// <summary>How YAML spells the names of C#: <c>AwaitInSync</c> is <c>await-in-sync</c>.</summary>
internal static class KebabCase
{
    public static string Of(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
