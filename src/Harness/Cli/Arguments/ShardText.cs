using System.Globalization;
using Raid5Verify.Campaigns;

namespace Raid5Verify.Cli.Arguments;

/// <summary>A shard as people write it: <c>2/4</c>, the second of four.</summary>
internal static class ShardText
{
    public static bool TryParse(string text, out Shard shard)
    {
        var parts = text.Split('/');
        var isOne = TryParseNumber(parts[^1], out var count) & TryParseNumber(parts[0], out var index)
            && parts.Length == 2 && index <= count && count <= Shard.MaxCount;
        shard = isOne ? new Shard(index, count) : Shard.Whole;
        return isOne;
    }

    private static bool TryParseNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
