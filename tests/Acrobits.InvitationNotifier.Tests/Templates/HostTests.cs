using System.Globalization;
using System.Text;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Tests.Templates;

/// <summary>
/// Hosts and ports: what the URL Standard refuses is refused, and what both accept leads to the same place. The cases are
/// the essential ones of the standard's test data. <see cref="InvariantModeTests"/> runs the class in the other mode.
/// </summary>
public class HostTests
{
    private const string LongestLabel = "a23456789-123456789-123456789-123456789-123456789-123456789-123";

    // 253 characters.
    private const string LongestName = $"{LongestLabel}.{LongestLabel}.{LongestLabel}.a23456789-123456789-123456789-123456789-123456789-123456789-1";

    [Theory]
    [InlineData("EXAMPLE.com", "example.com")]
    [InlineData("example.com.", "example.com.")]
    [InlineData("f:", "f")]
    [InlineData("f:00000000000000000000080", "f")]
    [InlineData("f:65535", "f:65535")]
    [InlineData("-x.foo-.a--b", "-x.foo-.a--b")]
    [InlineData("_a.b_", "_a.b_")]
    [InlineData("192.168.257.com", "192.168.257.com")]
    [InlineData("10.0.0.XN--pokxncvks", "10.0.0.xn--pokxncvks")]
    [InlineData("0X7F.0.0.0X7G", "0x7f.0.0.0x7g")]
    [InlineData("a.1a", "a.1a")]
    [InlineData("xn--zca.xn--a", "xn--zca.xn--a")]
    [InlineData(LongestName, LongestName)]
    [InlineData("x01234567890123456789012345678901234567890123456789012345678901.com", "x01234567890123456789012345678901234567890123456789012345678901.com")]
    [InlineData("Bücher.de", "xn--bcher-kva.de")]
    [InlineData("faß.de", "xn--fa-hia.de")]
    [InlineData("βόλος.com", "xn--nxasmm1c.com")]
    [InlineData("www.looĸout.net", "www.xn--looout-5bb.net")]
    [InlineData("lookout.сом", "lookout.xn--l1adi")]
    [InlineData("правда.рф:8443", "xn--80aafi6cg.xn--p1ai:8443")]
    [InlineData("例え.テスト", "xn--r8jz45g.xn--zckzah")]
    [InlineData("한국.kr", "xn--3e0b707e.kr")]
    [InlineData("việt.vn", "xn--vit-5kz.vn")]
    [InlineData("192.0.2.1:81", "192.0.2.1:81")]
    [InlineData("127.1", "127.0.0.1")]
    [InlineData("0x7F000001", "127.0.0.1")]
    [InlineData("0177.0.0.1", "127.0.0.1")]
    [InlineData("192.168.257", "192.168.1.1")]
    [InlineData("4294967295", "255.255.255.255")]
    [InlineData("[2001::1]:81", "[2001::1]:81")]
    [InlineData("[1:0::]", "[1::]")]
    [InlineData("[0:1:0:1:0:1:0:1]", "[0:1:0:1:0:1:0:1]")]
    [InlineData("[64:ff9b::192.0.2.1]", "[64:ff9b::c000:201]")]
    public void CreateRequest_Host_IsTheOneOfTheStandard(string host, string expected)
    {
        using var request = Expansion.Endpoint($"http://{host}/").CreateRequest(new Invitation("a", "b", "c"));

        Assert.Equal(expected, request.RequestUri!.Authority);
        Assert.Equal(expected.Split(':')[0], expected.StartsWith('[') ? expected.Split(':')[0] : request.RequestUri.IdnHost);
    }

    [Theory]
    [InlineData("Latin", "\u00DF\u017E\u0180\u0233\u0250\u02AD\u1E99\u1EF9")]
    [InlineData("Greek", "\u0390\u03CE")]
    [InlineData("Cyrillic", "\u0430\u045F\u04F9")]
    [InlineData("Armenian", "\u0561\u0586")]
    [InlineData("Georgian", "\u10D0\u10F6")]
    [InlineData("Japanese", "\u3005\u3007\u3041\u3096\u30A1\u30FA\u30FC\u30FE")]
    [InlineData("Chinese", "\u3400\u4DB5\u4E00\u9FA5")]
    [InlineData("Korean", "\uAC00\uD7A3")]
    public void CreateRequest_FirstOrLastLetterOfAnAlphabet_GoesOutInAscii(string alphabet, string letters) => Assert.All(letters, letter =>
    {
        using var request = Expansion.Endpoint($"http://a{letter}b.example/").CreateRequest(new Invitation("a", "b", "c"));

        Assert.True(request.RequestUri!.Host.StartsWith("xn--", StringComparison.Ordinal), $"{alphabet}: U+{(int)letter:X4}");
    });

    // Ends in a number, and is no address; two forms that the framework and the standard read in different ways.
    [Theory]
    [InlineData("256.0.0.1")]
    [InlineData("256.256.256.256.256")]
    [InlineData("1.2.3.08")]
    [InlineData("1.2.3.08.")]
    [InlineData("09.2.3.4")]
    [InlineData("1.2.3.4.5")]
    [InlineData("foo.2.3.4")]
    [InlineData("foo.09")]
    [InlineData("foo.0x4")]
    [InlineData("foo.0X")]
    [InlineData("foo.0xFfFfFfFfFfFfFfFfFfFfAcE123.")]
    [InlineData("4294967296")]
    [InlineData("0x100000000")]
    [InlineData("0999999999999999999")]
    [InlineData("0xffffffff1")]
    [InlineData("0x100.2.3.4")]
    [InlineData("例え.123")]
    [InlineData("1.2.3.4.")]
    [InlineData("0x.0x.0")]
    public void Create_HostEndsInNumber_IsRefusedWithTheRemedy(string host) =>
        Assert.Equal(
            "InvitationCreatedUrl: character 8: the host or port is not valid: a host that ends in a number is an IPv4 address. "
            + "Write it as four numbers up to 255, such as 192.0.2.1.",
            Assert.Single(Expansion.Refusals($"http://{host}/")));

    // What the standard drops, maps, or accepts, and other readers do not.
    [Theory]
    [InlineData("good.test¨evil.test", 10)]
    [InlineData("bu\u0308cher.example", 3)]
    [InlineData("BÜCHER.example", 2)]
    [InlineData("\u1E9E.com", 1)]
    [InlineData("a\u00ADb", 2)]
    [InlineData("goo\u200B\u2060\uFEFFgoo.com", 4)]
    [InlineData("\u200D.example", 1)]
    [InlineData("نامه\u200Cای", 1)]
    [InlineData("look\u202Eout.net", 5)]
    [InlineData("look\u2066out.net", 5)]
    [InlineData("\u200Fa.net", 1)]
    [InlineData("www.foo\u3002bar.com", 8)]
    [InlineData("www\u2025lookout.net", 4)]
    [InlineData("a.com\u2A74", 6)]
    [InlineData("\uFF27\uFF4F.com", 1)]
    [InlineData("\uFF11.2.3.4", 1)]
    [InlineData("www\u00A0.lookout.net", 4)]
    [InlineData("a\u064A", 2)]
    [InlineData("ab\u0378.net", 3)]
    [InlineData("look\uD83F\uDFFEout.net", 5)]
    [InlineData("\uFFFD.com", 1)]
    [InlineData("\u2665.net", 1)]
    [InlineData("\u0149.net", 1)]
    [InlineData("\uF900.net", 1)]
    [InlineData("ﬁsh.net", 1)]
    public void Create_CharacterWithSeveralReadings_IsRefusedWithPositionAndRemedy(string host, int position) =>
        Assert.Equal(
            $"InvitationCreatedUrl: character {7 + position}: the host or port is not valid: a character that programs read in different ways. "
            + "Write the host in its ASCII form (xn--...).",
            Assert.Single(Expansion.Refusals($"http://{host}/")));

    [Theory]
    [InlineData("xn--a.ß")]
    [InlineData("ab--c.ß")]
    [InlineData("-x.ß")]
    [InlineData("x-.ß")]
    public void Create_HyphensBesideInternationalLetters_AreRefusedWithTheRemedy(string host) =>
        Assert.EndsWith("Write the host in its ASCII form (xn--...).", Assert.Single(Expansion.Refusals($"http://{host}/")), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a..")]
    [InlineData("x..ß")]
    [InlineData("x0123456789012345678901234567890123456789012345678901234567890123.com")]
    [InlineData("ßx012345678901234567890123456789012345678901234567890123456.com")]
    [InlineData("01234567890123456789012345678901234567890123456789.01234567890123456789012345678901234567890123456789.01234567890123456789012345678901234567890123456789.01234567890123456789012345678901234567890123456789.0123456789012345678901234567890123456789012345678.x")]
    public void Create_PartOfTheNameEmptyOrTooLong_IsRefused(string host) =>
        Assert.Contains("a part between dots is empty or longer than 63", Assert.Single(Expansion.Refusals($"http://{host}/")), StringComparison.Ordinal);

    [Theory]
    [InlineData("a b")]
    [InlineData("a<b")]
    [InlineData("a^b")]
    [InlineData("a|b")]
    [InlineData("a%62")]
    [InlineData("%e2%98%83")]
    [InlineData("a%C2%ADb")]
    [InlineData("a\\b")]
    [InlineData("a\\@b")]
    [InlineData("=\u0338")]
    [InlineData("!$&'()*+,;=`{}~")]
    [InlineData("[]")]
    [InlineData("[:]")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("2001::1")]
    [InlineData("[::1]a")]
    [InlineData("[[::1]]")]
    [InlineData("[::127.0.0.1.]")]
    [InlineData("[0:1.00.0.0.0]")]
    [InlineData("[::1.2.3.04]")]
    [InlineData("[::0x1.2.3.4]")]
    [InlineData("[::127.0.0.0.1]")]
    [InlineData("[0:1:2:3:4:5:6:7:8]")]
    [InlineData("[0::0::0]")]
    [InlineData("[::00001]")]
    [InlineData("[fe80::1%eth0]")]
    [InlineData("[fe80::1%25eth0]")]
    [InlineData("[::1/64]")]
    [InlineData("[1::2]:3:4")]
    [InlineData("f:0")]
    [InlineData("f:65536")]
    [InlineData("f:4294967377")]
    [InlineData("f:340282366920938463463374607431768211537")]
    [InlineData("f:-80")]
    [InlineData("f:+80")]
    [InlineData("f: 80")]
    [InlineData("f:8 0")]
    [InlineData("f:80a")]
    [InlineData("f:0x50")]
    [InlineData("f:\uFF18\uFF10")]
    public void Create_NoHostOrPort_IsRefused(string host)
    {
        var problem = Assert.Single(Expansion.Refusals($"http://{host}/"));

        Assert.Matches("^InvitationCreatedUrl: character [0-9]+: ", problem);
        Assert.True(Ascii.IsValid(problem), problem);
    }

    [Fact]
    public void Read_EveryLetter_MeansOneHostOrIsRefused()
    {
        for (var code = 0x80; code <= char.MaxValue; code++)
        {
            var letter = ((char)code).ToString();
            if (HostName.Read($"a{letter}b", out var host) is not null)
            {
                continue;
            }

            // ICU maps what is not in its one form already.
            var read = new IdnMapping().GetUnicode(host);
            Assert.True(read == $"a{letter}b" && letter.IsNormalized() && !Ascii.IsValid(read), $"U+{code:X4}");
        }
    }
}
