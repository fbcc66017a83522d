using System.Globalization;
using Raid5Fs.Client.Arguments;

namespace Raid5Fs.Client.Experiment;

/// <summary>Measurements as a table and as bars, for a terminal.</summary>
internal static class LoadTable
{
    private const int Width = 40;

    public static void Write(TextWriter to, IReadOnlyList<LoadMeasurement> measured)
    {
        to.WriteLine("Requests to each server, for a file that is written and read back, and those to a single server without RAID.");
        to.WriteLine();
        string servers = string.Concat(measured[0].Servers.Select(static (_, i) => $"{string.Create(CultureInfo.InvariantCulture, $"server {i}"),10}"));
        to.WriteLine($"{"BLOCK",9} {"FILE",9} {servers} {"single",10} {"max/min",8} {"blocks",8} {"busiest/single",15}");
        foreach (LoadMeasurement load in measured)
        {
            string requests = string.Concat(load.Servers.Select(static server => $"{server.Requests.ToString(CultureInfo.InvariantCulture),10}"));
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{UnitText.OfBytes(load.BlockSize),9} {UnitText.OfBytes(load.FileSize),9} {requests} {load.Single,10} {load.RequestSpread,8:0.00} {load.BlockSpread,8:0.00} {load.OfSingle,15:0.00}"));
        }

        to.WriteLine();
        to.WriteLine("max/min: the busiest server against the idlest, in requests, then in blocks moved.");
        foreach (LoadMeasurement load in measured)
        {
            to.WriteLine();
            to.WriteLine($"blocks of {UnitText.OfBytes(load.BlockSize)}, file of {UnitText.OfBytes(load.FileSize)}");
            long most = Math.Max(load.Single, load.Servers.Max(static server => server.Requests));
            for (int i = 0; i < load.Servers.Count; i++)
            {
                to.WriteLine(Bar(string.Create(CultureInfo.InvariantCulture, $"server {i}"), load.Servers[i].Requests, most));
            }

            to.WriteLine(Bar("single", load.Single, most));
        }

        to.WriteLine();
    }

    private static string Bar(string name, long value, long most) => string.Create(
        CultureInfo.InvariantCulture, $"  {name,-10} {new string('#', (int)Math.Max(1, value * Width / Math.Max(1, most))),-Width} {value}");
}
