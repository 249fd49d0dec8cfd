"""The synthetic company that every sandbox system shares: goods, shops, customers, suppliers, carriers.

Names are invented, phones have the form 1xx-0000-xxxx, tax ids use region codes that do not exist.
The systems seed themselves from here; the bots never import it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: The company that runs the shops (buyer on the invoices).
COMPANY = "云杉样例商贸有限公司"
COMPANY_TAX_ID = "91990000MA00000A1X"


@dataclass(frozen=True, kw_only=True)
class Good:
    """One item of the ERP. `stock` is on hand before the shift; `safety` is never sold."""

    code: str
    name: str
    spec: str
    unit: str
    price: Decimal
    stock: int
    safety: int


def _good(code: str, name: str, spec: str, unit: str, price: str, stock: int, safety: int) -> Good:
    return Good(code=code, name=name, spec=spec, unit=unit, price=Decimal(price), stock=stock, safety=safety)


GOODS: tuple[Good, ...] = (
    _good("0101001", "青瓷茶杯", "200ml 天青", "只", "39.00", 420, 20),
    _good("0101002", "青瓷茶壶", "600ml 天青", "把", "128.00", 160, 10),
    _good("0101003", "竹制茶盘", "45×30cm", "个", "86.00", 140, 10),
    _good("0102001", "陶瓷饭碗", "4.5英寸", "只", "12.50", 900, 40),
    _good("0102002", "陶瓷汤盘", "8英寸", "只", "21.80", 520, 30),
    _good("0102003", "不锈钢餐勺", "18cm", "把", "6.90", 1500, 60),
    _good("0201001", "纯棉浴巾", "70×140cm 米白", "条", "59.00", 380, 20),
    _good("0201002", "纯棉毛巾", "34×76cm 米白", "条", "18.90", 800, 40),
    _good("0201003", "亚麻桌布", "140×200cm 浅灰", "块", "98.00", 120, 8),
    _good("0301001", "LED台灯", "三档 白色", "台", "149.00", 210, 10),
    _good("0301002", "USB充电线", "Type-C 1m", "根", "15.00", 2000, 80),
    _good("0301003", "五孔插座", "16A 防溅", "个", "13.40", 700, 30),
    _good("0401001", "龙井茶", "明前 250g", "盒", "268.00", 260, 12),
    _good("0401002", "茉莉花茶", "100g 罐装", "罐", "45.00", 480, 24),
    _good("0401003", "桂花乌龙", "75g 罐装", "罐", "52.00", 430, 24),
    _good("0501001", "收纳箱", "55L 透明", "个", "43.00", 330, 15),
    _good("0501002", "抽屉分隔盒", "6件套", "套", "29.90", 610, 30),
    _good("0901001", "品牌帆布袋", "赠品", "个", "0.00", 3000, 0),
)


@dataclass(frozen=True, kw_only=True)
class Shop:
    """One shop on one platform, and the ERP customer that its orders are keyed under."""

    platform: str
    shop: str
    title: str
    customer_code: str
    customer: str


SHOPS: tuple[Shop, ...] = (
    Shop(
        platform="taobao",
        shop="yunshan",
        title="云杉家居旗舰店",
        customer_code="C1001",
        customer="线上-淘宝云杉家居",
    ),
    Shop(
        platform="jd",
        shop="yunshan",
        title="云杉京选店",
        customer_code="C1002",
        customer="线上-京选云杉",
    ),
    Shop(
        platform="douyin",
        shop="yunshan",
        title="云杉好物小店",
        customer_code="C1003",
        customer="线上-抖店云杉好物",
    ),
)

#: Merchant SKU of a shop -> ((ERP item, quantity), …). More than one pair is a bundle. Same SKU text in every shop
#: of a platform; platforms spell them differently ("TB-…", "JD-…", "DY-…").
SKUS: dict[str, tuple[tuple[str, int], ...]] = {
    f"{prefix}-{suffix}": parts
    for prefix in ("TB", "JD", "DY")
    for suffix, parts in {
        "CUP": (("0101001", 1),),
        "POT": (("0101002", 1),),
        "TRAY": (("0101003", 1),),
        "TEASET": (("0101001", 4), ("0101002", 1), ("0101003", 1)),
        "BOWL4": (("0102001", 4),),
        "PLATE": (("0102002", 1),),
        "SPOON": (("0102003", 1),),
        "BATH": (("0201001", 1),),
        "TOWEL": (("0201002", 1),),
        "CLOTH": (("0201003", 1),),
        "LAMP": (("0301001", 1),),
        "CABLE": (("0301002", 1),),
        "SOCKET": (("0301003", 1),),
        "LONGJING": (("0401001", 1),),
        "JASMINE": (("0401002", 1),),
        "OSMANTHUS": (("0401003", 1),),
        "BOX": (("0501001", 1),),
        "DRAWER": (("0501002", 1),),
        "GIFTBAG": (("0901001", 1),),
    }.items()
}
#: SKUs that shops sell and that nobody has mapped yet: their orders must wait for a person.
UNMAPPED_SKUS: tuple[str, ...] = ("TB-NEWVASE", "JD-NEWVASE", "DY-NEWVASE")

#: ERP carrier name -> names that the shops' pages offer.
CARRIERS: dict[str, dict[str, str]] = {
    "顺丰速运": {"taobao": "顺丰速运", "jd": "顺丰快递", "douyin": "顺丰速运"},
    "中通快递": {"taobao": "中通快递(ZTO)", "jd": "中通速递", "douyin": "中通快递"},
    "圆通速递": {"taobao": "圆通速递", "jd": "圆通快递", "douyin": "圆通速递"},
    "德邦物流": {"taobao": "德邦物流", "jd": "德邦快递", "douyin": "德邦快递"},
}


@dataclass(frozen=True, kw_only=True)
class Supplier:
    """One supplier that sends invoices."""

    code: str
    name: str
    tax_id: str
    bank: str
    account: str


SUPPLIERS: tuple[Supplier, ...] = (
    Supplier(
        code="S01",
        name="样例青瓷（龙泉）有限公司",
        tax_id="91990000MA00000B2X",
        bank="样例银行龙泉支行",
        account="9900000000000000011",
    ),
    Supplier(
        code="S02",
        name="样例家纺（南通）有限公司",
        tax_id="91990000MA00000C3X",
        bank="样例银行南通支行",
        account="9900000000000000022",
    ),
    Supplier(
        code="S03",
        name="样例照明电器有限公司",
        tax_id="91990000MA00000D4X",
        bank="样例银行中山支行",
        account="9900000000000000033",
    ),
    Supplier(
        code="S04",
        name="样例茶业合作社",
        tax_id="91990000MA00000E5X",
        bank="样例银行杭州支行",
        account="9900000000000000044",
    ),
    Supplier(
        code="S05",
        name="样例塑业收纳有限公司",
        tax_id="91990000MA00000F6X",
        bank="样例银行台州支行",
        account="9900000000000000055",
    ),
)

#: Invented people; phones follow 1xx-0000-xxxx.
PEOPLE: tuple[str, ...] = (
    "林知远",
    "苏映雪",
    "顾南乔",
    "沈一诺",
    "陆景行",
    "许清欢",
    "周慕白",
    "江晚晴",
    "叶书言",
    "秦若溪",
    "白以沫",
    "程暮云",
    "方知夏",
    "何听松",
    "纪云舒",
    "蓝思齐",
    "孟初晴",
    "倪安然",
    "裴之恒",
    "乔松月",
)


def phone(n: int) -> str:
    """The n-th invented phone number, 11 digits, form 1xx0000xxxx."""
    return f"1{30 + n % 69:02d}0000{n % 10000:04d}"


def business_day(today: date | None = None) -> date:
    """The day whose orders the demo shift handles: a fixed one, so that two runs meet the same data."""
    return today or date(2026, 11, 20)


#: Who may log into which system: app -> (user, password). Sandbox only; the demo puts them into the vault.
LOGINS: dict[str, tuple[str, str]] = {
    "taobao": ("云杉家居旗舰店:夜班01", "Yun-Shan-Tb-01"),
    "jd": ("yunshan-night", "Yun-Shan-Jd-01"),
    "douyin": ("night@yunshan.example", "Yun-Shan-Dy-01"),
    "oa": ("night01", "Yun-Shan-Oa-01"),
}


def sku_price(sku: str) -> Decimal:
    """What a shop asks for one of its SKUs: the sum of its parts, less for a bundle."""
    suffix = sku.partition("-")[2]
    if suffix in _OWN_PRICES:
        return _OWN_PRICES[suffix]
    return sum((_PRICES[item] * count for item, count in SKUS[sku]), Decimal("0.00"))


def sku_title(sku: str) -> str:
    """The title under which a shop sells one of its SKUs."""
    suffix = sku.partition("-")[2]
    return _TITLES.get(suffix) or f"云杉 {_NAMES[SKUS[sku][0][0]]}"


_PRICES: dict[str, Decimal] = {good.code: good.price for good in GOODS}
_NAMES: dict[str, str] = {good.code: good.name for good in GOODS}
_OWN_PRICES: dict[str, Decimal] = {
    "TEASET": Decimal("358.00"),
    "BOWL4": Decimal("49.90"),
    "NEWVASE": Decimal("168.00"),
}
_TITLES: dict[str, str] = {
    "TEASET": "云杉 青瓷茶具七件套（壶1杯4盘1）送礼盒装",
    "BOWL4": "云杉 陶瓷饭碗 4.5英寸 四只装",
    "NEWVASE": "云杉 新品天青釉梅瓶 摆件",
    "GIFTBAG": "云杉 品牌帆布袋【赠品】单拍不发货",
}
