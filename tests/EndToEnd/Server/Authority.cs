using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Raid5Fs.EndToEnd.Tests.Server;

/// <summary>One that signs certificates: made for a test, gone with it.</summary>
internal sealed class Authority : IDisposable
{
    private readonly X509Certificate2 _root;
    private byte _serial;

    public Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    /// <summary>Its own certificate, in PEM.</summary>
    public string Pem => _root.ExportCertificatePem();

    /// <summary>A certificate for loopback and its key.</summary>
    /// <param name="purpose">The object identifier of what it is for.</param>
    /// <param name="days">How long it is valid from yesterday on.</param>
    public (string Certificate, string Key) Sign(string purpose, double days = 2)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=raid5fs", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset yesterday = DateTimeOffset.UtcNow.AddDays(-1).AddMinutes(1);
        using X509Certificate2 signed = request.Create(_root, yesterday, yesterday.AddDays(days * 0.99), [++_serial]);
        return (signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>A client that trusts nobody but this authority, and shows a certificate if it has one.</summary>
    public SocketsHttpHandler Client((string Certificate, string Key)? shown = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(_root);
        if (shown is { } pem)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(pem.Certificate, pem.Key)];
        }

        return handler;
    }

    public void Dispose() => _root.Dispose();
}
