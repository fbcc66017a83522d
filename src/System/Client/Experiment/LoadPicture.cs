using System.Globalization;
using System.Text;
using Raid5Fs.Client.Arguments;

namespace Raid5Fs.Client.Experiment;

/// <summary>Measurements as a picture: a group of bars for each, a bar a server and one for the single server.</summary>
internal static class LoadPicture
{
    private const int BarHeight = 18;
    private const int Gap = 4;
    private const int GroupGap = 44;
    private const int Left = 90;
    private const int Width = 520;
    private const int Right = 90;

    public static string Svg(IReadOnlyList<LoadMeasurement> measured)
    {
        var body = new StringBuilder();
        int y = 40;
        foreach (LoadMeasurement load in measured)
        {
            Text(body, 10, y, $"blocks of {UnitText.OfBytes(load.BlockSize)}, file of {UnitText.OfBytes(load.FileSize)}: max/min {load.RequestSpread:0.00}", isTitle: true);
            y += 10;
            long most = Math.Max(1, Math.Max(load.Single, load.Servers.Max(static server => server.Requests)));
            for (int i = 0; i < load.Servers.Count; i++)
            {
                Bar(body, ref y, $"server {i}", load.Servers[i].Requests, most, "#3b6ea5");
            }

            Bar(body, ref y, $"single", load.Single, most, "#b0b0b0");
            y += GroupGap - Gap;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Left + Width + Right}" height="{y}" font-family="sans-serif" font-size="12">
            <title>Requests to each server, against a single server without RAID</title>
            <rect width="100%" height="100%" fill="white"/>
            {body}</svg>

            """);
    }

    private static void Bar(StringBuilder body, ref int y, FormattableString name, long value, long most, string colour)
    {
        int length = (int)Math.Max(1, value * Width / most);
        Text(body, 10, y + BarHeight - 5, name);
        body.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{y}\" width=\"{length}\" height=\"{BarHeight}\" fill=\"{colour}\"/>\n");
        Text(body, Left + length + 6, y + BarHeight - 5, $"{value}");
        y += BarHeight + Gap;
    }

    private static void Text(StringBuilder body, int x, int y, FormattableString text, bool isTitle = false) => body.Append(
        CultureInfo.InvariantCulture,
        $"<text x=\"{x}\" y=\"{y}\"{(isTitle ? " font-weight=\"bold\"" : string.Empty)}>{text.ToString(CultureInfo.InvariantCulture)}</text>\n");
}
